import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { toCanonicalString } from '@temporalio/common';
import type { NativeConnection } from '@temporalio/worker';
import type { Log } from './runtime.ts';

export const deploymentName = 'keyturn';
/** The gRPC status of a deployment that the server has never heard of. */
const notFound = 5;

/** A build is what its workflow code is: the same code is the same build wherever it runs. */
export function buildIdOf({ code }: { readonly code: string }): string {
  return createHash('sha256').update(withoutSourceMap(code)).digest('hex').slice(0, 16);
}

/** The source map holds absolute paths, which differ from machine to machine. */
function withoutSourceMap(code: string): string {
  return code.replace(/\n\/\/# sourceMappingURL=data:[^\n]*/g, '');
}

/**
 * Makes the build current, so that new operations start on it; running ones stay where they are. Without `wanted` this is
 * done only for the very first build, since otherwise an old worker that restarts would take new operations back.
 */
export async function promote(
  connection: NativeConnection,
  namespace: string,
  buildId: string,
  wanted: boolean,
  log: Log,
): Promise<void> {
  const version = { deploymentName, buildId };
  for (let attempt = 0; attempt < 60; attempt += 1) {
    const current = await currentBuild(connection, namespace).catch(() => 'unknown' as const);
    if (current === 'unknown') {
      // Not knowing is no reason to take new operations away from another build.
      await sleep(1_000);
      continue;
    }
    if (current === buildId) return log.info({ buildId }, 'new operations start on this build');
    if (current && !wanted) {
      return log.info({ buildId, current }, 'new operations start on another build; promote this one with --promote');
    }
    try {
      await connection.workflowService.setWorkerDeploymentCurrentVersion({
        namespace,
        deploymentName,
        version: toCanonicalString(version),
        buildId,
      });
      return log.info({ buildId }, 'new operations start on this build');
    } catch {
      // The server knows the build only once it has polled; that takes a moment.
      await sleep(250);
    }
  }
  log.warn({ buildId }, 'the server did not make this build current');
}

async function currentBuild(connection: NativeConnection, namespace: string): Promise<string | undefined> {
  try {
    const { workerDeploymentInfo } = await connection.workflowService.describeWorkerDeployment({
      namespace,
      deploymentName,
    });
    return workerDeploymentInfo?.routingConfig?.currentDeploymentVersion?.buildId ?? undefined;
  } catch (error) {
    if ((error as { code?: number }).code === notFound) return undefined;
    throw error;
  }
}
