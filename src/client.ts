import type { Client } from '@temporalio/client';
import type { z } from 'zod';
import { Calls } from './client/calls.ts';
import { connect, type ConnectOptions } from './client/connect.ts';
import { openGates, openIn, type OpenGate, type OpenGates, waitingOperations } from './client/gates.ts';
import { declareIdentity, listIdentities, readRecord, requireName } from './client/identities.ts';
import {
  awaitResult,
  operation,
  sendDecision,
  type Started,
  startOperation,
  startOwnerOffboarding,
  watchStatus,
} from './client/operations.ts';
import { changeSchedule, planSchedule, type ScheduleChange, type Scheduled } from './client/rotation-schedule.ts';
import { registerSearchAttributes, type Registered } from './client/search-attributes.ts';
import type { DeclaredIdentity } from './contract/identity.ts';
import {
  type Confirm,
  type ConfirmAnswer,
  type JournalEntry,
  messages,
  type OperationOutcome,
  type OperationStatus,
  type Order,
} from './contract/messages.ts';
import type { Asked, offboardOwnerRequest } from './contract/request.ts';
import type { LifecycleRecord } from './contract/lifecycle.ts';

export type {
  ConnectOptions,
  DeclaredIdentity,
  LifecycleRecord,
  OpenGate,
  OpenGates,
  Registered,
  ScheduleChange,
  Started,
};

/**
 * Starts operations, reads them, decides at their gates, and declares identities. Failures are of type `KeyturnError`:
 * `unavailable` when Temporal or the workers give no answer, `not_found` and `unknown_identity` for what does not exist.
 */
export class KeyturnClient {
  readonly #calls: Calls;

  /** Over a client that is connected already; it must have the workers' data converter. `close` closes its connection. */
  constructor(temporal: Client) {
    this.#calls = new Calls(temporal);
  }

  /** Connects within about five seconds, or fails with `unavailable` and the address. */
  static async connect(options: ConnectOptions = {}): Promise<KeyturnClient> {
    return new KeyturnClient(await connect(options));
  }

  async close(): Promise<void> {
    await this.#calls.temporal.connection.close();
  }

  /** Starts a rotation. The same `requestId` again is the same run, also after it has ended; it is drawn when absent. */
  async rotate(request: Asked<'rotateCredential'>): Promise<Started> {
    return startOperation(this.#calls, 'rotateCredential', request);
  }

  /** Starts the reissue of a certificate. `requestId` as for `rotate`. */
  async reissue(request: Asked<'reissueCertificate'>): Promise<Started> {
    return startOperation(this.#calls, 'reissueCertificate', request);
  }

  /** Takes the identity from whatever holds it, and ends every credential of it. `requestId` as for `rotate`. */
  async contain(request: Asked<'containCompromise'>): Promise<Started> {
    return startOperation(this.#calls, 'containCompromise', request);
  }

  /** Asks for the end of a containment, which somebody else reviews. `requestId` as for `rotate`. */
  async reopen(request: Asked<'reopenIdentity'>): Promise<Started> {
    return startOperation(this.#calls, 'reopenIdentity', request);
  }

  /** Takes an identity out of service for good. `requestId` as for `rotate`. */
  async offboard(request: Asked<'offboardIdentity'>): Promise<Started> {
    return startOperation(this.#calls, 'offboardIdentity', request);
  }

  /**
   * Takes everything that an owner answers for out of service: one run with a line for each identity in its status. `requestId` as
   * for `rotate`.
   */
  async offboardOwner(request: z.input<typeof offboardOwnerRequest>): Promise<Started> {
    return startOwnerOffboarding(this.#calls, request);
  }

  /** All open gates, or those of one identity. Operations that could not be asked are named in `unanswered`. */
  async gates({ identity }: { identity?: string | undefined } = {}): Promise<OpenGates> {
    if (identity !== undefined) requireName(identity);
    const waiting = await waitingOperations(this.#calls, identity);
    return openGates(waiting, (workflowId) => this.status(workflowId));
  }

  /** The open gates of one operation, asked of itself and so never late. */
  async gatesOf(workflowId: string): Promise<readonly OpenGate[]> {
    return openIn(workflowId, await this.status(workflowId));
  }

  /** Decides at a gate. `denied` is an answer, with its reason; `outcome_unknown` when none came, twice. */
  async confirm(workflowId: string, confirm: Confirm): Promise<ConfirmAnswer> {
    return sendDecision(this.#calls, workflowId, confirm);
  }

  async status(workflowId: string): Promise<OperationStatus> {
    return this.#calls.query(operation(workflowId), workflowId, messages.status);
  }

  async journal(workflowId: string): Promise<readonly JournalEntry[]> {
    return this.#calls.query(operation(workflowId), workflowId, messages.journal);
  }

  /** Waits for the end, however long. Throws what the operation failed with, and `conflict` when it was ended from outside. */
  async result(workflowId: string): Promise<OperationOutcome> {
    return awaitResult(this.#calls, workflowId);
  }

  /** The status now and after each change, until the operation has ended. Workers that are away are waited for. */
  watch(workflowId: string): AsyncGenerator<OperationStatus, void> {
    return watchStatus(this.#calls, workflowId);
  }

  /** Holds the operation before its next step. Like all orders it is journaled by the operation, taken or not. */
  async pause(workflowId: string, order: Order): Promise<void> {
    await this.#calls.signal(operation(workflowId), workflowId, messages.pause, order);
  }

  async resume(workflowId: string, order: Order): Promise<void> {
    await this.#calls.signal(operation(workflowId), workflowId, messages.resume, order);
  }

  /** Asks the operation to stop and undo. Where there is no way back it goes on, and its journal says so. */
  async abort(workflowId: string, order: Order): Promise<void> {
    await this.#calls.signal(operation(workflowId), workflowId, messages.abort, order);
  }

  /** Puts an identity under management, or gives it a new specification. Twice is once. */
  async declare(spec: DeclaredIdentity): Promise<void> {
    await declareIdentity(this.#calls, spec);
  }

  /** The ids of all identities under management; one declared a moment ago may not be listed yet. */
  async identities(): Promise<readonly string[]> {
    return listIdentities(this.#calls);
  }

  /** What is known of an identity, and who holds it; `unknown_identity` when it was never declared. */
  async record(id: string): Promise<LifecycleRecord> {
    return readRecord(this.#calls, id);
  }

  /** Compares the declared interval, in milliseconds, with the schedule in Temporal. Changes nothing. */
  async planSchedule(identity: Scheduled): Promise<ScheduleChange> {
    return planSchedule(this.#calls, identity);
  }

  async changeSchedule(change: ScheduleChange): Promise<void> {
    await changeSchedule(this.#calls, change);
  }

  /** Registers Keyturn's search attributes in the namespace. Twice is once. */
  async registerSearchAttributes(): Promise<Registered> {
    return registerSearchAttributes(this.#calls);
  }
}
