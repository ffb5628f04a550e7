import type { Client } from '@temporalio/client';
import { asKeyturnError, type Subject } from './failure.ts';

const updateWithin = 20_000;
const queryWithin = 10_000;

/** Temporal's client with a deadline on every call and errors of ours. A call without a worker would else hang. */
export class Calls {
  readonly temporal: Client;

  constructor(temporal: Client) {
    this.temporal = temporal;
  }

  async ask<Value>(subject: Subject, call: () => Promise<Value>, within = updateWithin): Promise<Value> {
    try {
      return await this.temporal.withDeadline(Date.now() + within, call);
    } catch (error) {
      throw asKeyturnError(error, subject);
    }
  }

  async query<Value>(subject: Subject, workflowId: string, name: string): Promise<Value> {
    const handle = this.temporal.workflow.getHandle(workflowId);
    return this.ask(subject, () => handle.query<Value>(name), queryWithin);
  }

  async signal(subject: Subject, workflowId: string, name: string, payload: object): Promise<void> {
    const handle = this.temporal.workflow.getHandle(workflowId);
    await this.ask(subject, () => handle.signal(name, payload));
  }

  /** All workflow ids that match a visibility query, which may lag some moments behind. */
  async list(subject: Subject, query: string): Promise<string[]> {
    return this.ask(subject, async () => {
      const found: string[] = [];
      for await (const { workflowId } of this.temporal.workflow.list({ query })) found.push(workflowId);
      return found;
    });
  }
}
