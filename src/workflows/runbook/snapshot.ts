import type { Exposure } from '../../activities/exposure.ts';
import type { Sought } from '../../activities/exposed-certificates.ts';
import type { RevocationReason } from '../../contract/authorities.ts';
import type { CredentialState, LastUse } from '../../contract/credentials.ts';
import type { PlanSummary, Stage } from '../../contract/messages.ts';
import type { CredentialRef } from '../../contract/references.ts';
import type { Verdict } from '../../contract/verdict.ts';
import { allRefs, knownRefs, type CommandsOf } from '../rules/containment.ts';
import { planHash } from '../rules/plan-hash.ts';
import { mintingsOf } from './interrupted.ts';
import { describeLastUse, describeState } from './last-use.ts';
import type { Runbook } from './runbook.ts';

/** Why the credentials of an identity are ended, all of them, and what is done. */
export interface Purpose {
  readonly stage: Stage;
  /** For the lists of a certificate authority. */
  readonly revocation: RevocationReason;
  readonly commandsOf: CommandsOf;
}

/** What was there when the run began, and what became of each credential. */
export interface Exposed extends Purpose {
  readonly exposure: Exposure;
  readonly refs: CredentialRef[];
  readonly summary: PlanSummary;
  /** What was said of each consumer, and by whom. */
  readonly answered: Map<string, string>;
  /** What people see at gates. Not waited for where nobody is asked. */
  readonly evidence: Promise<Evidence>;
  /** Ids whose end a named person has waived: they may live. */
  readonly waived: Set<string>;
  readonly times: Times;
}

export interface Evidence {
  readonly credentials: readonly string[];
  readonly consumers: Readonly<Record<string, string>>;
}

/** Seconds from the start of the run. */
export interface Times {
  disabled: number;
  revoked: number;
  proven: number;
}

/** A person waits for this, and an attacker does not: a system that is away is noticed soon, and asked on. */
export const urgently = { takes: 15_000, retryFor: 60_000 } as const;

const blind: Exposure = { suspends: true, endsSessions: true, residual: null, listed: [] };

/** Lists what exists, for the investigation as for what follows: references only. What the record knows is always among it. */
export async function takeSnapshot(run: Runbook, purpose: Purpose): Promise<Exposed> {
  run.board.enter(purpose.stage);
  const known = knownRefs(run.record);
  for (const { id } of known) run.live.add(id);
  const exposure = await listAll(run);
  const refs = [...allRefs(exposure, known)];
  for (const { ref, status } of exposure.listed) if (status === 'live') run.live.add(ref.id);
  const commands = purpose.commandsOf(exposure, refs);
  const hash = planHash({ operation: run.verb, identity: run.identity, commands });
  run.note('plan', run.identity, commands.join('; '), { plan: hash });
  return {
    ...purpose,
    exposure,
    refs,
    summary: { commands, hash },
    evidence: gather(run, exposure, refs),
    answered: new Map(),
    waived: new Set(),
    times: { disabled: 0, revoked: 0, proven: 0 },
  };
}

/** Without the system's word there is what the record knows; a person may say to go on with that alone. */
async function listAll(run: Runbook): Promise<Exposure> {
  const { connection } = run.record.spec.credential;
  const step = { name: 'snapshot', object: connection, persistent: true };
  const listed = await run.persist(step, `ACCESS STILL LIVE: what exists at ${connection} is not known`, () =>
    run.step(
      step,
      () => run.commands(`list every credential at ${connection}`, urgently).listExposed(soughtBy(run)),
      (found) => found.listed.map(describeState).join('; ') || 'nothing exists',
    ),
  );
  return 'done' in listed ? listed.done : blind;
}

/** Where an identity's credentials are looked for: what the record knows, and what interrupted operations may have left. */
export function soughtBy({ record }: Runbook): Sought {
  return { record, mintings: record.interrupted ? mintingsOf(record.interrupted) : [] };
}

/** A certificate is found by what was sealed of it; anything else by its reference alone. */
export function ofCertificate(run: Runbook): { sought?: Sought } {
  return run.record.spec.certificate ? { sought: soughtBy(run) } : {};
}

interface Seen {
  readonly lastUses: readonly LastUse[];
  readonly consumers: readonly Verdict[];
}

/** Last uses and what consumers run on, noted for the investigation. It fails nothing. */
async function gather(run: Runbook, { listed }: Exposure, refs: readonly CredentialRef[]): Promise<Evidence> {
  const { record } = run;
  const { lastUses, consumers }: Seen = await run
    .commands('when was each last used, and what does each consumer run on', { takes: 30_000, retryFor: 30_000 })
    .describeExposed({ record, refs })
    .catch(() => ({ lastUses: [], consumers: [] }));
  const credentials = refs.map(({ id }, at) => describe(id, listed, lastUses[at]));
  const seen = record.spec.consumers.map(({ id }, at) => [id, runs(consumers[at])] as const);
  run.note(
    'snapshot',
    run.identity,
    [...credentials, ...seen.map(([id, words]) => `consumer ${id}: ${words}`)].join('; '),
  );
  return { credentials, consumers: Object.fromEntries(seen) };
}

function describe(id: string, listed: readonly CredentialState[], lastUse: LastUse | undefined): string {
  const state = listed.find(({ ref }) => ref.id === id);
  const words = state ? describeState(state) : `${id}: known from the record alone`;
  return `${words}, ${describeLastUse(lastUse ?? { at: 'unknown', lagSeconds: 0 })}`;
}

function runs(verdict: Verdict | undefined): string {
  if (verdict?.is === 'yes') return `runs on it (${verdict.because})`;
  if (verdict?.is === 'no') return `does not run on the current credential (${verdict.because})`;
  return `what it runs on is not known${verdict ? ` (${verdict.because})` : ''}`;
}
