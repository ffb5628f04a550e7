import { z } from 'zod';
import { identitySpec, type IdentitySpec } from './identity.ts';

/** `keyturn.yaml`: what is under management. It names connections; how to reach them is the worker's configuration alone. */
export const manifest = z
  .strictObject({
    version: z.literal(1, 'expected 1'),
    identities: z.array(identitySpec).min(1, 'expected at least one identity').max(10_000),
  })
  .check((ctx) => {
    for (const issue of [...duplicates(ctx.value.identities), ...ctx.value.identities.flatMap(inconsistencies)]) {
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

interface Problem {
  readonly path: (string | number)[];
  readonly message: string;
}

function duplicates(identities: readonly IdentitySpec[]): Problem[] {
  return identities.flatMap(({ id }, at) =>
    identities.findIndex((other) => other.id === id) === at
      ? []
      : [{ path: ['identities', at, 'id'], message: `expected ids that differ; "${id}" is declared twice` }],
  );
}

function inconsistencies(spec: IdentitySpec, at: number): Problem[] {
  const under = (path: (string | number)[], message: string): Problem => ({
    path: ['identities', at, ...path],
    message,
  });
  return [
    ...consumerProblems(spec).map(([path, message]) => under(path, message)),
    ...timingProblems(spec).map(([path, message]) => under(path, message)),
    ...(['retirement', 'intervention'] as const).flatMap((gate) =>
      spec.gates[gate].approvers.length < spec.gates[gate].required
        ? [
            under(
              ['gates', gate, 'approvers'],
              `expected at least ${spec.gates[gate].required} people, or nobody can ever approve`,
            ),
          ]
        : [],
    ),
  ];
}

type Found = [path: (string | number)[], message: string];

function consumerProblems({ consumers }: IdentitySpec): Found[] {
  const ids = consumers.map((consumer) => consumer.id);
  const doubled = consumers.flatMap(({ id }, at): Found[] =>
    ids.indexOf(id) === at ? [] : [[['consumers', at, 'id'], `expected ids that differ; "${id}" stands twice`]],
  );
  const unknown = consumers.flatMap(({ after }, at): Found[] =>
    after
      .filter((id) => !ids.includes(id))
      .map((id) => [['consumers', at, 'after'], `expected the id of another consumer; "${id}" is not one`]),
  );
  return [...doubled, ...unknown, ...(doubled.length + unknown.length === 0 ? cycle(consumers) : [])];
}

/** Takes away, again and again, what waits for nobody; whatever is left waits for itself. */
function cycle(consumers: IdentitySpec['consumers']): Found[] {
  let left = [...consumers];
  for (;;) {
    const waiting = left.filter(({ after }) => after.some((id) => left.some((other) => other.id === id)));
    if (waiting.length === 0) return [];
    if (waiting.length === left.length) {
      const names = waiting.map(({ id }) => id).join(', ');
      return [
        [['consumers', consumers.indexOf(left[0]!), 'after'], `expected an order; these wait for each other: ${names}`],
      ];
    }
    left = waiting;
  }
}

function timingProblems({ consumers, quiet, observe, rotate }: IdentitySpec): Found[] {
  const found: Found[] = [];
  const slowest = consumers.reduce((most, { cacheTtl = 0 }) => Math.max(most, cacheTtl), 0);
  if (quiet < slowest) {
    found.push([
      ['quiet'],
      'expected at least the longest cacheTtl of the consumers, or a cached credential dies in use',
    ]);
  }
  if (rotate && rotate.every <= quiet + observe) {
    found.push([
      ['rotate', 'every'],
      'expected longer than quiet and observe together, or rotations overtake each other',
    ]);
  }
  return found;
}
