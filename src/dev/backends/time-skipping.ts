import { resolveProgram, temporalTestServer } from './binaries.ts';
import type { StartOptions } from './backend.ts';

/**
 * Path of the Temporal test server that skips time, for `TestWorkflowEnvironment.createTimeSkipping({ server: { type:
 * 'time-skipping', executable: { type: 'existing-path', path } } })`. Fetched at the first call, from the cache afterwards.
 */
export async function timeSkippingServer(options: Omit<StartOptions, 'folder'> = {}): Promise<string> {
  return resolveProgram(temporalTestServer, { env: options.env ?? process.env, progress: options.progress });
}
