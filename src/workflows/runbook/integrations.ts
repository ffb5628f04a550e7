import type { Severity } from '../../contract/severity.ts';
import { goesUnattended } from '../rules/containment.ts';
import { inquire } from './inquiry.ts';
import type { Exposed } from './snapshot.ts';
import type { Runbook } from './runbook.ts';

/** For each consumer a person says that it is paused, or was migrated to something else, unless this severity goes on without. */
export async function confirmIntegrations(run: Runbook, exposed: Exposed, severity: Severity): Promise<void> {
  const { spec } = run.record;
  if (goesUnattended(spec, severity))
    return run.note('integrations', run.identity, `severity ${severity} is declared to go on without asking`);
  await inquire(run, exposed, {
    answers: {
      paused: (consumer) => `Is consumer ${consumer} paused, so that nothing of it breaks when ${spec.id} is cut off?`,
      migrated: (consumer) => `Was consumer ${consumer} migrated to something else than ${spec.id}?`,
    },
    waiver: (consumer) =>
      `Cut ${spec.id} off although consumer ${consumer} was neither paused nor migrated? A reason is required.`,
    off: {
      id: 'stand-down',
      question: `Was it a false alarm? Leave every credential of ${spec.id} as it is and let it go on. A reason is required.`,
      commands: ['disable nothing, and end the containment'],
    },
    calledOff: 'stood down',
    spec: spec.gates.containment ?? spec.gates.retirement,
  });
}
