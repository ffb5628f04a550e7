import type { GateSpec, IdentitySpec } from './identity-fields.ts';

/** Two fields of one identity that are right alone and wrong together: where, and what was expected there. */
export interface IdentityProblem {
  readonly path: (string | number)[];
  readonly message: string;
}

/** What is wrong between the fields of an identity whose fields are each right. None is an empty list. */
export function identityProblems(spec: IdentitySpec): IdentityProblem[] {
  return [
    ...consumerProblems(spec),
    ...certificateProblems(spec),
    ...entitlementProblems(spec),
    ...timingProblems(spec),
    ...Object.entries(spec.gates).flatMap(([gate, declared]) => (declared ? gateProblems(gate, declared) : [])),
  ];
}

function gateProblems(gate: string, { approvers, required }: GateSpec): IdentityProblem[] {
  if (approvers.length >= required) return [];
  const message = `expected at least ${required} people, or nobody can ever approve`;
  return [{ path: ['gates', gate, 'approvers'], message }];
}

function consumerProblems({ consumers }: IdentitySpec): IdentityProblem[] {
  const ids = consumers.map((consumer) => consumer.id);
  const doubled = consumers.flatMap(({ id }, at) =>
    ids.indexOf(id) === at
      ? []
      : [{ path: ['consumers', at, 'id'], message: `expected ids that differ; "${id}" stands twice` }],
  );
  const unknown = consumers.flatMap(({ after }, at) =>
    after
      .filter((id) => !ids.includes(id))
      .map((id) => ({
        path: ['consumers', at, 'after'],
        message: `expected the id of another consumer; "${id}" is not one`,
      })),
  );
  return [...doubled, ...unknown, ...(doubled.length + unknown.length === 0 ? cycle(consumers) : [])];
}

function certificateProblems({ kind, certificate }: IdentitySpec): IdentityProblem[] {
  if ((kind === 'certificate') === (certificate !== undefined)) return [];
  const message =
    kind === 'certificate'
      ? 'expected of an identity of kind certificate: which names are to be signed'
      : `expected nothing here: the identity is of kind ${kind}`;
  return [{ path: ['certificate'], message }];
}

function entitlementProblems({ entitlements }: IdentitySpec): IdentityProblem[] {
  return entitlements.flatMap(({ connection, account }, at) =>
    entitlements.findIndex((other) => other.connection === connection && other.account === account) === at
      ? []
      : [{ path: ['entitlements', at], message: 'expected each account of a connection once' }],
  );
}

/** Takes away, again and again, what waits for nobody; whatever is left waits for itself. */
function cycle(consumers: IdentitySpec['consumers']): IdentityProblem[] {
  let left = [...consumers];
  for (;;) {
    const waiting = left.filter(({ after }) => after.some((id) => left.some((other) => other.id === id)));
    if (waiting.length === 0) return [];
    if (waiting.length === left.length) {
      const names = waiting.map(({ id }) => id).join(', ');
      const message = `expected an order; these wait for each other: ${names}`;
      return [{ path: ['consumers', consumers.indexOf(left[0]!), 'after'], message }];
    }
    left = waiting;
  }
}

function timingProblems({ consumers, quiet, observe, rotate }: IdentitySpec): IdentityProblem[] {
  const slowest = consumers.reduce((most, { cacheTtl = 0 }) => Math.max(most, cacheTtl), 0);
  const tooQuick = {
    path: ['quiet'],
    message: 'expected at least the longest cacheTtl of the consumers, or a cached credential dies in use',
  };
  const tooOften = {
    path: ['rotate', 'every'],
    message: 'expected longer than quiet and observe together, or rotations overtake each other',
  };
  return [...(quiet < slowest ? [tooQuick] : []), ...(rotate && rotate.every <= quiet + observe ? [tooOften] : [])];
}
