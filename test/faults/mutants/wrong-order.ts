import type { Mutant } from './mutant.ts';

const scenes = 'faults/mutants/scenes.ts';
const neverAnswers = 'is done and never answers: everything is as it was';

/** Mistakes in which order things are done, and in what is done at all. */
export const wrongOrder: readonly Mutant[] = [
  {
    name: 'a secret is installed that was never sealed',
    file: 'activities/credentials.ts',
    find: 'const clear = await world.store.get(secret.ref, call);',
    replace: 'const clear = mint.draw();',
    by: [scenes, 'alternate: completed'],
  },
  {
    name: 'an undo is registered after the act',
    file: 'workflows/runbook/runbook.ts',
    find: 'this.wayBack.register(step.undo);\n    return this.#steps.act(step, act, because);',
    replace:
      'const value = await this.#steps.act(step, act, because);\n    this.wayBack.register(step.undo);\n    return value;',
    by: [scenes, `sealSecret ${neverAnswers}`],
  },
  {
    name: 'an undo does not look whether the secret was installed',
    file: 'activities/retract.ts',
    find: ': await mint.find(account, await world.store.get(sealed.stored.ref, call), call);',
    replace: ': undefined;',
    by: [scenes, 'alternate: rolled back at the gate'],
  },
  {
    name: 'consumers are not moved back',
    file: 'workflows/runbook/consumers.ts',
    find: 'plan.oldWorks ? undo : undefined',
    replace: 'undefined',
    by: [scenes, 'alternate: rolled back at the gate'],
  },
  {
    name: 'the quiet period is skipped',
    file: 'workflows/rotate-credential.ts',
    find: 'await stayQuiet(run, plan);',
    replace: '',
    by: [scenes, 'the old one is disabled and seen before it is revoked, after quiet'],
  },
  {
    name: 'nothing is disabled before it is revoked',
    file: 'workflows/runbook/retire.ts',
    find: 'if (plan.survey.suspends) await disableAndObserve(run, plan, fresh);',
    replace: '',
    by: [scenes, 'the old one is disabled and seen before it is revoked, after quiet'],
  },
  {
    name: 'consumers are not seen again after the disabling',
    file: 'workflows/runbook/retire.ts',
    find: "  );\n  await verifyConsumers(run, plan, fresh, ['retry', 'waive', 'roll-back']);\n}",
    replace: '  );\n}',
    by: [scenes, 'the old one is disabled and seen before it is revoked, after quiet'],
  },
  {
    name: 'consumers are not seen again when a gate has closed',
    file: 'workflows/runbook/retire.ts',
    find: "    await verifyConsumers(run, plan, fresh, ['retry', 'waive', 'roll-back']);\n    // A waiver",
    replace: '    // A waiver',
    by: [
      'workflows/gates-over-time.test.ts',
      'F11: a consumer that fell back while the gate was open is found when the gate expires',
    ],
  },
  {
    name: 'an abort is obeyed after the old one was disabled',
    file: 'workflows/runbook/retire.ts',
    find: '  run.wayBack.forwardOnly();\n',
    replace: '',
    by: [
      'workflows/orders.test.ts',
      'an abort after the old credential is disabled is refused and journaled, and the run completes',
    ],
  },
  {
    name: 'the hold is never given back',
    file: 'workflows/runbook/runbook.ts',
    find: 'await giveBack({ identity, ...closing });',
    replace: 'null as string | null;',
    by: [scenes, 'alternate: completed'],
  },
  {
    name: 'the record never learns of the new credential',
    file: 'workflows/rotate-credential.ts',
    find: 'run.succeed(fresh);',
    replace: '',
    by: [scenes, 'a revocation that does nothing is waived by name: the secret of what lives on is not destroyed'],
  },
  {
    name: 'canaries wait for nobody and nobody waits for them',
    file: 'workflows/rules/waves.ts',
    find: 'canary ? [canary] : ',
    replace: '',
    by: ['rules/waves.test.ts', 'where nobody waits in a circle, each waits for all it names, and canaries go alone'],
  },
];
