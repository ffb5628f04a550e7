import type { GateSpec } from '../../contract/identity.ts';
import { chosenBy } from './choices.ts';
import { Halt } from './failure.ts';
import type { Question } from './gate.ts';
import { waivedBy } from './interventions.ts';
import type { Evidence, Exposed } from './snapshot.ts';
import type { Runbook } from './runbook.ts';

/** What is asked about each consumer before anything is taken from it. */
export interface Inquiry {
  /** By the beginning of the gate's id: what a person says of a consumer when they approve it. */
  readonly answers: Readonly<Record<string, (consumer: string) => string>>;
  /** What a person takes upon themselves who lets it go on without an answer; a reason is required. */
  readonly waiver: (consumer: string) => string;
  /** The one question by which all of it is called off. */
  readonly off: Pick<Question, 'id' | 'question' | 'commands'>;
  readonly calledOff: string;
  readonly spec: GateSpec;
  /** Looks whether an answer can be true. Evidence against it is shown when the question is asked again. */
  readonly against?: (consumer: string) => Promise<string | undefined>;
}

/**
 * Nothing is taken from a consumer that nobody has looked at: for each one a person answers, or waives it by name. Instead somebody
 * may call the whole of it off. No gate expires: nobody answers, and nothing is done, but people hear of it again and again.
 */
export async function inquire(run: Runbook, exposed: Exposed, inquiry: Inquiry): Promise<void> {
  const evidence = await exposed.evidence;
  let answered = false;
  const answers = run.record.spec.consumers.map(({ id }) => askAbout(run, exposed, evidence, inquiry, id));
  const callingOff = askToCallOff(run, evidence, inquiry, () => answered);
  await Promise.all(answers);
  answered = true;
  await callingOff;
  await run.orders.ready();
}

async function askAbout(
  run: Runbook,
  exposed: Exposed,
  evidence: Evidence,
  inquiry: Inquiry,
  consumer: string,
): Promise<void> {
  let seen = `consumer ${consumer}: ${evidence.consumers[consumer]}`;
  for (;;) {
    const ids = [...Object.keys(inquiry.answers), 'waive'];
    const decided = await run.gates.ask(
      ids.map((id) => question(exposed, inquiry, consumer, id, [seen, ...evidence.credentials])),
      false,
    );
    await run.orders.ready();
    if (decided.state !== 'approved') throw new Halt(`gate ${decided.id} was ${decided.state}`);
    const [answer = ''] = decided.id.split('-');
    if (answer === 'waive') {
      const waiver = run.interventions.waive({ name: 'confirm', object: consumer }, chosenBy(decided, ['waive']));
      exposed.answered.set(consumer, waivedBy(waiver));
      return;
    }
    const words = `${answer}, on the word of ${decided.approvals.map(({ by }) => by).join(' and ')}`;
    const against = await inquiry.against?.(consumer);
    run.note('integrations', consumer, against ? `${words}, but ${against}` : words);
    if (!against) return void exposed.answered.set(consumer, words);
    seen = `consumer ${consumer}: ${words}, but ${against}`;
  }
}

function question(
  { exposure, refs, commandsOf }: Exposed,
  { answers, waiver, spec }: Inquiry,
  consumer: string,
  id: string,
  evidence: readonly string[],
): Question {
  return {
    id: `${id}-${consumer}`,
    question: (answers[id] ?? waiver)(consumer),
    commands: ['once every consumer is answered for:', ...commandsOf(exposure, refs)],
    evidence,
    spec,
    reasonRequired: id === 'waive',
  };
}

async function askToCallOff(
  run: Runbook,
  evidence: Evidence,
  { off, calledOff, spec }: Inquiry,
  needless: () => boolean,
): Promise<void> {
  const question = { ...off, evidence: evidence.credentials, spec, reasonRequired: true };
  const { state, approvals } = await run.gates.ask([question], false, needless);
  const [first] = approvals;
  if (state === 'approved' && first) run.orders.stop(`${calledOff} by ${first.by}: ${first.comment ?? ''}`);
}
