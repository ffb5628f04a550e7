import type { GateSpec, IdentitySpec } from '../../contract/identity.ts';
import { containmentCommands } from '../rules/containment.ts';
import { chosenBy } from './choices.ts';
import { Halt } from './failure.ts';
import type { Question } from './gate.ts';
import type { Evidence, Exposed } from './snapshot.ts';
import type { Runbook } from './runbook.ts';

/**
 * Nothing is taken from a consumer that nobody has looked at: for each one a person says that it is paused, or that it was migrated
 * to something else, or waives it by name. Instead somebody may stand the whole of it down. No gate expires: nobody answers, and
 * nothing is disabled, but people hear of it again and again.
 */
export async function confirmIntegrations(run: Runbook, exposed: Exposed): Promise<void> {
  if (exposed.unattended)
    return run.note('integrations', run.identity, `severity ${exposed.severity} is declared to go on without asking`);
  const evidence = await exposed.evidence;
  let answered = false;
  const answers = run.record.spec.consumers.map(({ id }) => askAbout(run, exposed, evidence, id));
  const standingDown = askToStandDown(run, evidence, () => answered);
  await Promise.all(answers);
  answered = true;
  await standingDown;
  await run.orders.ready();
}

async function askAbout(run: Runbook, exposed: Exposed, evidence: Evidence, consumer: string): Promise<void> {
  const decided = await run.gates.ask(
    (['paused', 'migrated', 'waive'] as const).map((answer) => question(run, exposed, evidence, consumer, answer)),
    false,
  );
  await run.orders.ready();
  if (decided.state !== 'approved') throw new Halt(`gate ${decided.id} was ${decided.state}`);
  const [answer = ''] = decided.id.split('-');
  const names = decided.approvals.map(({ by }) => by).join(' and ');
  if (answer === 'waive') run.interventions.waive({ name: 'confirm', object: consumer }, chosenBy(decided, ['waive']));
  else run.note('integrations', consumer, `${answer}, on the word of ${names}`);
}

function question(
  { record }: Runbook,
  { exposure, refs }: Exposed,
  evidence: Evidence,
  consumer: string,
  answer: 'paused' | 'migrated' | 'waive',
): Question {
  const words = {
    paused: `Is consumer ${consumer} paused, so that nothing of it breaks when ${record.spec.id} is cut off?`,
    migrated: `Was consumer ${consumer} migrated to something else than ${record.spec.id}?`,
    waive: `Cut ${record.spec.id} off although consumer ${consumer} was neither paused nor migrated? A reason is required.`,
  };
  return {
    id: `${answer}-${consumer}`,
    question: words[answer],
    commands: ['once every consumer is answered for:', ...containmentCommands(exposure, refs)],
    evidence: [`consumer ${consumer}: ${evidence.consumers[consumer]}`, ...evidence.credentials],
    spec: gateOf(record.spec),
    reasonRequired: answer === 'waive',
  };
}

async function askToStandDown(run: Runbook, evidence: Evidence, needless: () => boolean): Promise<void> {
  const { spec } = run.record;
  const question = {
    id: 'stand-down',
    question: `Was it a false alarm? Leave every credential of ${spec.id} as it is and let it go on. A reason is required.`,
    commands: ['disable nothing, and end the containment'],
    evidence: evidence.credentials,
    spec: gateOf(spec),
    reasonRequired: true,
  };
  const { state, approvals } = await run.gates.ask([question], false, needless);
  const [first] = approvals;
  if (state === 'approved' && first) run.orders.stop(`stood down by ${first.by}: ${first.comment ?? ''}`);
}

function gateOf({ gates }: IdentitySpec): GateSpec {
  return gates.containment ?? gates.retirement;
}
