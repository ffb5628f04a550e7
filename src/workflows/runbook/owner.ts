import {
  ApplicationFailure,
  ChildWorkflowFailure,
  condition,
  defineQuery,
  defineSignal,
  executeChild,
  ParentClosePolicy,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { longestWait } from '../../contract/duration-words.ts';
import { messages, type OperationOutcome, type OperationStatus, type StepStatus } from '../../contract/messages.ts';
import type { OffboardOwnerRequest } from '../../contract/request.ts';
import type { offboardIdentity } from '../offboard-identity.ts';
import { planHash } from '../rules/plan-hash.ts';
import { attributeKeys } from './attributes.ts';
import { commands } from './commands.ts';
import { describe } from './details.ts';
import { failureOf, StepFailed } from './failure.ts';
import { now } from './journal.ts';

const patience = 600_000;
const untilListed = 10_000;
/** So many can wait side by side below one run. */
const mostIdentities = 1_000;

/** A run over all identities of one owner: a line for each, which is a step of its status. */
export class OwnerRun {
  #request: OffboardOwnerRequest = { owner: '', reason: '', requestedBy: '' };
  /** What somebody has kept in service is not asked about again, only looked at. */
  readonly #kept = new Set<string>();
  readonly #running = new Set<string>();
  readonly #lines = new Map<string, StepStatus>();
  #outcome: OperationOutcome | null = null;
  #stirred = false;

  constructor() {
    setHandler(defineQuery<OperationStatus>(messages.status), () => this.status());
    setHandler(defineSignal(messages.resume), () => void (this.#stirred = true));
  }

  /** Validates the request, which any program may have sent. */
  async open(raw: unknown): Promise<OffboardOwnerRequest> {
    const does = commands('validate the request', patience, {});
    this.#request = await does.readOwnerRequest({ request: raw }).catch((error: unknown) => {
      const { code, message } = failureOf(error);
      throw ApplicationFailure.nonRetryable(message, code);
    });
    upsertSearchAttributes([
      { key: attributeKeys.operation, value: 'offboardOwner' },
      { key: attributeKeys.owner, value: this.#request.owner },
    ]);
    return this.#request;
  }

  /** The owner's identities that are neither out of service nor somebody else's by now. */
  async unsettled(): Promise<readonly string[]> {
    const { owner, dryRun } = this.#request;
    // A run that has begun waits for weeks, and outlives whatever it can't reach meanwhile.
    const does = commands(`which identities does ${owner} answer for`, dryRun ? patience : longestWait, {});
    const found = await does.findOwned({ owner });
    const known = [...new Set([...this.#lines.keys(), ...found])];
    if (known.length > mostIdentities)
      throw ApplicationFailure.nonRetryable(
        `${owner} answers for more than ${mostIdentities} identities`,
        'limit_reached',
      );
    const open = known.filter((identity) => this.#lines.get(identity)?.state !== 'done');
    const isOver = (identity: string) => !this.#running.has(identity) && this.#isOver(identity);
    return (await Promise.all(open.map(async (identity) => ((await isOver(identity)) ? [] : [identity])))).flat();
  }

  /** What was declared a moment ago may not be listed yet, so none is believed the second time only. */
  async left(): Promise<readonly string[]> {
    const found = await this.unsettled();
    if (found.length > 0) return found;
    await sleep(untilListed, { summary: 'until what was declared just now is listed too' });
    return this.unsettled();
  }

  /** Has one identity taken out of service, unless that goes on already or somebody keeps it. Nobody waits for it here. */
  begin(identity: string): void {
    if (this.#running.has(identity) || this.#kept.has(identity)) return;
    this.#running.add(identity);
    void this.#offboard(identity).finally(() => {
      this.#running.delete(identity);
      this.#stirred = true;
    });
  }

  /** Waits this long, in milliseconds, or until one has ended or somebody says to go on. */
  async rest(ms: number): Promise<void> {
    await condition(() => this.#stirred, ms, { summary: 'until all that is left is looked at again' });
    this.#stirred = false;
  }

  end(left: readonly string[]): OperationOutcome {
    const { owner } = this.#request;
    const lines = [...this.#lines.values()];
    const commandsOf = left.map((identity) => `take ${identity} out of service`);
    const hash = planHash({ operation: 'offboardOwner', owner, commands: commandsOf });
    this.#outcome = this.#request.dryRun
      ? { result: 'planned', because: 'nothing was changed', plan: { commands: commandsOf, hash }, found: [] }
      : {
          result: 'completed',
          because: `${owner} answers for nothing any more: ${lines.length} identities are out of service or somebody else's`,
          found: [],
          items: lines.map(({ object, because = '' }) => ({ what: `identity ${object}`, became: because })),
        };
    setCurrentDetails(describe(this.status()));
    return this.#outcome;
  }

  status(): OperationStatus {
    return {
      operation: 'offboardOwner',
      identity: this.#request.owner,
      stage: this.#outcome ? 'done' : 'offboarding',
      live: [],
      alarms: [],
      steps: [...this.#lines.values()],
      gates: [],
      paused: null,
      outcome: this.#outcome,
    };
  }

  #line(identity: string, state: StepStatus['state'], because: string): void {
    const { startedAt = now() } = this.#lines.get(identity) ?? {};
    const ended = state === 'running' ? {} : { endedAt: now() };
    this.#lines.set(identity, { step: 'offboard', object: identity, state, startedAt, because, ...ended });
    setCurrentDetails(describe(this.status()));
  }

  /** What can't be known now is not over, and looked at again. */
  async #isOver(identity: string): Promise<boolean> {
    const does = commands(`who answers for ${identity}`, patience, {});
    const found = await does.describeOwned({ identity }).catch(failureOf);
    if (found instanceof StepFailed) {
      this.#line(identity, 'failed', `who answers for it is not known: ${found.message}`);
      return false;
    }
    const { owner, state } = found;
    if (state === 'offboarded') this.#line(identity, 'done', 'out of service');
    else if (owner !== this.#request.owner) this.#line(identity, 'done', `transferred to ${owner}`);
    return state === 'offboarded' || owner !== this.#request.owner;
  }

  /** It never throws: how it failed is the line. */
  async #offboard(identity: string): Promise<void> {
    const { owner, reason, requestedBy } = this.#request;
    const workflowId = `offboard/${identity}/${workflowInfo().runId}-${now()}`;
    this.#line(identity, 'running', `started ${workflowId}`);
    try {
      const { result, because } = await executeChild<typeof offboardIdentity>('offboardIdentity', {
        workflowId,
        args: [{ identity, reason: `${owner} leaves: ${reason}`.slice(0, 1_000), requestedBy }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary: `offboarding of ${identity}`,
      });
      if (result === 'completed') return this.#line(identity, 'done', 'out of service');
      this.#kept.add(identity);
      this.#line(identity, 'failed', `KEPT, and still ${owner}'s: ${because}`);
    } catch (error) {
      const because = error instanceof ChildWorkflowFailure && error.cause ? error.cause.message : 'it was ended';
      this.#line(identity, 'failed', `not begun, tried again later: ${because}`);
    }
  }
}
