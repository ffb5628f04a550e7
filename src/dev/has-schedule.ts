import { Connection, isGrpcServiceError } from '@temporalio/client';
import type { TemporalAt } from './ground.ts';

const notFound = 5;

/** Asks Temporal itself, past Keyturn, whether it has this schedule. What the schedule holds is encrypted, and not looked at. */
export async function hasSchedule({ address, namespace }: TemporalAt, scheduleId: string): Promise<boolean> {
  const connection = await Connection.connect({ address });
  try {
    await connection.workflowService.describeSchedule({ namespace, scheduleId });
    return true;
  } catch (error) {
    if (isGrpcServiceError(error) && error.code === notFound) return false;
    throw error;
  } finally {
    await connection.close();
  }
}
