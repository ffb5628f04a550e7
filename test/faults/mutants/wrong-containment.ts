import type { Mutant } from './mutant.ts';

const contained = 'workflows/containment.test.ts';
const takesOver = 'workflows/containment-takes-over.test.ts';
const amidst = 'alternate: a rotation at its gate stops where it is, undoes nothing, and what it made is contained too';
const asked = 'nothing is disabled before each consumer was answered for, by somebody who did not ask for it';

/** Mistakes in the containment of a compromised identity, and in its re-opening. */
export const wrongContainment: readonly Mutant[] = [
  {
    name: 'a containment waits for the rotation that holds the identity',
    file: 'workflows/rules/hold.ts',
    find: 'if (verb === contains && hold.verb !== contains) return',
    replace: 'if (verb !== verb) return',
    by: [takesOver, amidst],
  },
  {
    name: 'who lost the identity is not told',
    file: 'workflows/identity-lifecycle.ts',
    find: 'if (tookOver(state, next)) tellToStop(state.hold!);',
    replace: '',
    by: [takesOver, amidst],
  },
  {
    name: 'a word to give the identity up is believed',
    file: 'workflows/runbook/fence.ts',
    find: "journal.note('yield', identity, 'told to give the identity up, but it holds it still, and goes on');",
    replace: "orders.stop('told to give the identity up');",
    by: [takesOver, 'a forged word to give the identity up changes nothing'],
  },
  {
    name: 'a run that was cancelled before is ended by a word to give the identity up',
    file: 'workflows/runbook/runbook.ts',
    find: 'CancellationScope.nonCancellable(() => stopUnlessHeld(this))',
    replace: 'stopUnlessHeld(this)',
    by: [
      'workflows/fence.test.ts',
      'a run that was cancelled while it only went forward, and is told to yield, goes on as long as it holds the identity',
    ],
  },
  {
    name: 'integrations are not asked about',
    file: 'workflows/contain-compromise.ts',
    find: 'await confirmIntegrations(run, exposed, severity);',
    replace: '',
    by: [contained, asked],
  },
  {
    name: 'a containment can be aborted',
    file: 'workflows/contain-compromise.ts',
    find: 'run.wayBack.forwardOnly();',
    replace: '',
    by: [contained, 'nobody answers for days: nothing is disabled, people hear of it, and no order ends it'],
  },
  {
    name: 'an identity is active again once its containment has ended',
    file: 'workflows/rules/hold.ts',
    find: "if (result === 'completed') return rest;",
    replace: "if (result === 'completed') return released(rest);",
    by: [contained, 'I10: in-place: every credential is refused, and nobody was asked'],
  },
  {
    name: 'nothing is tried after a containment',
    file: 'workflows/contain-compromise.ts',
    find: 'await proveAllEnded(run, exposed);',
    replace: '',
    by: [
      'workflows/containment-persists.test.ts',
      'F25: a verifier that accepts the old secret still is no proof, and neither is one that does not answer',
    ],
  },
  {
    name: 'an unanswered proof counts',
    file: 'activities/exposure.ts',
    find: "if (tried.is === 'unknown') return tried;",
    replace: '',
    by: [
      'workflows/containment-persists.test.ts',
      'F25: a verifier that accepts the old secret still is no proof, and neither is one that does not answer',
    ],
  },
  {
    name: 'who had it contained may re-open it',
    file: 'workflows/runbook/reopening.ts',
    find: 'notBy: requestedBy,',
    replace: '',
    by: [
      'workflows/reopening.test.ts',
      'overlap: somebody else decides, and then a rotation gives the identity a credential again',
    ],
  },
];
