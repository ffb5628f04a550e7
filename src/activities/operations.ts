import type { z } from 'zod';
import { KeyturnError } from '../contract/errors.ts';
import { identitySpec, type IdentityRecord, type IdentitySpec } from '../contract/identity.ts';
import type { Credential } from '../contract/references.ts';
import { requests, type Operation, type RequestOf } from '../contract/request.ts';
import { bounded } from './boundary.ts';
import { whileHeld, type ByHolder } from './held.ts';
import type { Closing, Holder } from '../contract/lifecycle.ts';
import type { ActivityWorld, Notice } from './world.ts';

export interface Noted {
  readonly successor: Credential;
  readonly replaces?: Credential;
}

export interface Opening {
  readonly request: unknown;
  readonly holder: Holder;
}

export interface Operated {
  readonly request: Request;
  readonly record: IdentityRecord;
}

export type Request = RequestOf<Operation>;

export function operationActivities(world: ActivityWorld) {
  const { lifecycles, notify } = world;
  return {
    /**
     * Validates the request, which any program may have sent, and takes the hold. Opening again for the same operation
     * returns the record again. `identity_busy` names the holder. A rehearsal of a containment holds nothing, since that alone
     * would stop whatever goes on.
     */
    openOperation: bounded(async ({ request, holder }: Opening): Promise<Operated> => {
      const parsed = parse<Request>(schemaOf(holder.verb), request, 'request');
      const { identity, requestedBy, dryRun } = parsed;
      if (holder.verb === 'containCompromise' && dryRun)
        return { request: parsed, record: await lifecycles.recordOf(identity) };
      const opened = await lifecycles.open(identity, { ...holder, requestedBy });
      if (!opened.opened) throw new KeyturnError(opened.code, opened.because);
      return { request: parsed, record: opened.record };
    }),

    /** Resolves while the operation holds the identity, and throws `hold_lost` once it does not. */
    confirmHold: whileHeld<ByHolder, void>(world, async () => {}),

    /** Tells the lifecycle which credential consumers are about to be moved to, so that it is known even if this run is terminated. */
    noteSuccessor: whileHeld(world, async ({ identity, holder, ...noted }: ByHolder & Noted) =>
      lifecycles.note(identity, { operation: holder.operation, ...noted, as: 'next' }),
    ),

    /** Gives the hold back with the outcome. Closing what is closed resolves. */
    closeOperation: bounded(async ({ identity, ...closing }: Closing & { identity: string }) =>
      lifecycles.close(identity, closing),
    ),

    isRunning: bounded((holder: Holder) => lifecycles.isRunning(holder)),

    /** Validates one identity as the manifest writes it, by the manifest's own checks. */
    parseIdentity: bounded(async ({ spec }: { spec: unknown }): Promise<IdentitySpec> =>
      parse(identitySpec, spec, 'identity'),
    ),

    notifyPeople: bounded(async (notice: Notice) => notify(notice)),
  };
}

function schemaOf(verb: string): z.ZodType<Request> {
  if (Object.hasOwn(requests, verb)) return requests[verb as Operation];
  throw new KeyturnError('invalid_request', `no operation is called "${verb.slice(0, 60)}"`);
}

/** Throws `invalid_request` with every problem, each at its path. */
export function parse<Value>(schema: z.ZodType<Value>, raw: unknown, what: string): Value {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .slice(0, 10)
    .map(({ path, message }) => `${[what, ...path].join('.')}: ${message}`);
  throw new KeyturnError('invalid_request', problems.join('; '));
}
