import type { Mutant } from './mutant.ts';

const scenes = 'faults/mutants/scenes.ts';
const people = 'people who may not decide and a changed plan come first: only the right one counts';

/** Mistakes in who may decide what. */
export const wrongDecisions: readonly Mutant[] = [
  {
    name: 'the requester may approve',
    file: 'workflows/rules/decide.ts',
    find: '!harmless && requesters.some((person) => same(person, sent.approver))',
    replace: 'false',
    by: [scenes, people],
  },
  {
    name: 'anybody may approve',
    file: 'workflows/rules/decide.ts',
    find: 'approvers.some((person) => same(person, sent.approver))',
    replace: 'approvers',
    by: [scenes, people],
  },
  {
    name: 'a decision about another plan counts',
    file: 'workflows/rules/decide.ts',
    find: 'sent.plan === undefined || sent.plan === plan',
    replace: 'true',
    by: [scenes, people],
  },
  {
    name: 'one person counts as two',
    file: 'workflows/rules/decide.ts',
    find: 'given.some((person) => same(person, sent.approver))',
    replace: 'false',
    by: [
      'rules/decide.test.ts',
      'I8: whatever is sent to whatever gate, only a named person who did not ask counts, once, for this plan',
    ],
  },
  {
    name: 'an expired gate counts as approved',
    file: 'workflows/runbook/retire.ts',
    find: "if (state === 'approved' && waived",
    replace: "if (state !== 'open' && waived",
    by: [scenes, 'a gate that nobody decides at expires: it is asked anew, and nothing is taken away'],
  },
  {
    name: 'the one slot is changed and nobody is asked',
    file: 'workflows/runbook/issue.ts',
    find: "if (plan.strategy === 'in-place') await confirmInterruption(run, plan, secret);",
    replace: '',
    by: [scenes, 'in-place: completed'],
  },
  {
    name: 'a waiver needs no name',
    file: 'workflows/rules/retirement.ts',
    find: '!proof.by || !proof.reason',
    replace: 'false',
    by: ['rules/retirement.test.ts', 'I3: a waiver without a name is none'],
  },
  {
    name: 'a second operation is given the hold',
    file: 'workflows/rules/hold.ts',
    find: "if (!hold) return { may: true, because: 'nobody holds it' };",
    replace: "if (!hold || hold) return { may: true, because: 'nobody holds it' };",
    by: [scenes, 'two at once: one holds the identity, and the other is refused'],
  },
  {
    name: 'an operation that lost the hold goes on changing things',
    file: 'activities/held.ts',
    find: 'if (held === holder.operation) return;',
    replace: 'return;',
    by: [
      'workflows/fence.test.ts',
      'F12: a run that lost the hold stops, and neither retires nor undoes: its gate was answered approve',
    ],
  },
];
