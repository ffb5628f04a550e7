import type { z } from 'zod';
import { KeyturnError } from '../contract/errors.ts';
import { identitySpec, type IdentityRecord, type IdentitySpec } from '../contract/identity.ts';
import type { Credential } from '../contract/references.ts';
import { rotateRequest, type RotateRequest } from '../contract/request.ts';
import { bounded } from './boundary.ts';
import type { Closing, Holder } from '../contract/lifecycle.ts';
import type { ActivityWorld, Notice } from './world.ts';

export function operationActivities({ lifecycles, notify }: ActivityWorld) {
  return {
    /**
     * Validates the request, which any program may have sent, and takes the hold. Opening again for the same operation
     * returns the record again. `identity_busy` names the holder.
     */
    openOperation: bounded(
      async ({
        request,
        holder,
      }: {
        request: unknown;
        holder: Holder;
      }): Promise<{ request: RotateRequest; record: IdentityRecord }> => {
        const parsed = parse(rotateRequest, request, 'request');
        const opened = await lifecycles.open(parsed.identity, holder);
        if (!opened.opened) throw new KeyturnError(opened.code, opened.because);
        return { request: parsed, record: opened.record };
      },
    ),

    /** Tells the lifecycle which credential consumers are about to be moved to, so that it is known even if this run is terminated. */
    noteSuccessor: bounded(
      async ({ identity, operation, successor }: { identity: string; operation: string; successor: Credential }) =>
        lifecycles.note(identity, operation, successor),
    ),

    /** Gives the hold back with the outcome. Closing what is closed resolves. */
    closeOperation: bounded(async ({ identity, ...closing }: Closing & { identity: string }) =>
      lifecycles.close(identity, closing),
    ),

    isRunning: bounded((holder: Holder) => lifecycles.isRunning(holder)),

    /** Validates one identity as the manifest writes it. */
    parseIdentity: bounded(async ({ spec }: { spec: unknown }): Promise<IdentitySpec> =>
      parse(identitySpec, spec, 'identity'),
    ),

    notifyPeople: bounded(async (notice: Notice) => notify(notice)),
  };
}

function parse<Value>(schema: z.ZodType<Value>, raw: unknown, what: string): Value {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .slice(0, 10)
    .map(({ path, message }) => `${[what, ...path].join('.')}: ${message}`);
  throw new KeyturnError('invalid_request', problems.join('; '));
}
