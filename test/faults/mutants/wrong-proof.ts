import type { Mutant } from './mutant.ts';

const scenes = 'faults/mutants/scenes.ts';

/** Mistakes in what counts as proof. */
export const wrongProof: readonly Mutant[] = [
  {
    name: 'a consumer need not be seen on the new one',
    file: 'workflows/runbook/consumers.ts',
    find: "if (verdict.is === 'yes') return verdict;",
    replace: 'return verdict;',
    by: [scenes, 'a consumer does not take the new one up: nothing goes on before it does'],
  },
  {
    name: 'a consumer is believed to run on what was delivered',
    file: 'workflows/runbook/consumers.ts',
    find: '  return verify(run, plan, consumer, fresh);\n',
    replace: "  return { is: 'yes', because: 'it was delivered', at: now() };\n",
    by: [scenes, 'a consumer does not take the new one up: nothing goes on before it does'],
  },
  {
    name: 'the survivor is not asked before something is taken away',
    file: 'activities/retirement.ts',
    find: "if (is === 'yes') return;",
    replace: 'return;',
    by: ['activities/twice.test.ts', 'F11: revokeCredential refuses while the survivor is not accepted'],
  },
  {
    name: 'a credential survives on the strength of itself',
    file: 'activities/retirement.ts',
    find: 'if (victim.ref.id === survivor.ref.id) {',
    replace: 'if (false as boolean) {',
    by: ['activities/twice.test.ts', 'I1: revokeCredential does not take a credential away on the strength of itself'],
  },
  {
    name: 'a wrong secret is not tried: the known-bad control is gone',
    file: 'activities/proofs.ts',
    find: "if (control.is === 'no') return { ...proven",
    replace: 'if (control) return { ...proven',
    by: [scenes, 'a verifier that takes any secret proves nothing: everything is as it was'],
  },
  {
    name: 'a refusal is believed without a control',
    file: 'activities/proofs.ts',
    find: "return control.is === 'yes'",
    replace: 'return control',
    by: [scenes, 'an outage after the revocation is no proof that the old one is refused'],
  },
  {
    name: 'a proof of the refusal is not insisted on',
    file: 'workflows/runbook/retire.ts',
    find: "if (verdict.is !== 'yes')",
    replace: 'if (!verdict)',
    by: [scenes, 'an outage after the revocation is no proof that the old one is refused'],
  },
  {
    name: 'a secret is destroyed before its credential is shown to be refused',
    file: 'workflows/runbook/record.ts',
    find: 'if (refused) await destroyOld(',
    replace: 'await destroyOld(',
    by: [scenes, 'a revocation that does nothing is waived by name: the secret of what lives on is not destroyed'],
  },
  {
    name: 'unknown unlocks a retirement',
    file: 'workflows/rules/retirement.ts',
    find: "proof.is !== 'yes'",
    replace: "proof.is === 'no'",
    by: ['rules/retirement.test.ts', 'I7: unknown unlocks nothing'],
  },
  {
    name: 'a no does not break a row of successes',
    file: 'activities/poll.ts',
    find: "row = verdict.is === 'yes' ? row + 1 : 0;",
    replace: "row = verdict.is === 'yes' ? row + 1 : row;",
    by: ['activities/poll.test.ts', 'F9: a no breaks the row'],
  },
];
