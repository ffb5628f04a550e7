import { z } from 'zod';
import { identitySpec, type IdentitySpec } from './identity.ts';
import type { IdentityProblem } from './identity-problems.ts';

/** `keyturn.yaml`: what is under management. It names connections; how to reach them is the worker's configuration alone. */
export const manifest = z
  .strictObject({
    version: z.literal(1, 'expected 1'),
    identities: z.array(identitySpec).min(1, 'expected at least one identity').max(10_000),
  })
  .check((ctx) => {
    for (const issue of duplicates(ctx.value.identities)) {
      ctx.issues.push({ code: 'custom', input: ctx.value, ...issue });
    }
  });

export type Manifest = z.output<typeof manifest>;

/** The JSON Schema of the file as people write it, for editors' completion. */
export function manifestJsonSchema(): object {
  return {
    $id: 'https://keyturn.dev/schema/keyturn-1.json',
    title: 'Keyturn manifest',
    ...z.toJSONSchema(manifest, { io: 'input' }),
  };
}

function duplicates(identities: readonly IdentitySpec[]): IdentityProblem[] {
  return identities.flatMap(({ id }, at) =>
    identities.findIndex((other) => other.id === id) === at
      ? []
      : [{ path: ['identities', at, 'id'], message: `expected ids that differ; "${id}" is declared twice` }],
  );
}
