import type { ByHolder } from '../../activities/held.ts';
import { commands } from './commands.ts';
import { failureOf } from './failure.ts';
import type { Journal } from './journal.ts';
import type { Orders } from './orders.ts';

/** The run that may have lost its identity to another one. */
export interface Fenced {
  readonly identity: string;
  readonly by: ByHolder;
  readonly orders: Orders;
  readonly journal: Journal;
}

const patience = 600_000;

/** Asks the lifecycle who holds the identity, and ends every part of the run where it is if somebody else does. */
export async function stopUnlessHeld({ identity, by, orders, journal }: Fenced): Promise<void> {
  try {
    await commands('does this run still hold the identity', patience, {}).confirmHold(by);
    journal.note('yield', identity, 'told to give the identity up, but it holds it still, and goes on');
  } catch (error) {
    const failure = failureOf(error);
    if (failure.code === 'hold_lost') orders.lose(failure);
    else journal.note('yield', identity, `told to give the identity up; who holds it is not known: ${failure.message}`);
  }
}
