import { fileURLToPath } from 'node:url';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, type WorkflowBundleOption } from '@temporalio/worker';
import { converterPaths } from '../../src/codec/data-converter.ts';
import { searchAttributes } from '../../src/contract/search-attributes.ts';
import { resolveProgram, temporalCli } from '../../src/dev/backends/binaries.ts';
import { timeSkippingServer } from '../../src/dev/backends/time-skipping.ts';

Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'WARN' } } });

/** `real` is Temporal's development server, which skips no time, instead of the test server. */
export type ServerKind = 'time-skipping' | 'real';

/** A Temporal server that knows the search attributes of Keyturn. Whoever starts it tears it down. */
export async function startTestServer(kind: ServerKind = 'time-skipping'): Promise<TestWorkflowEnvironment> {
  const env = await (kind === 'real' ? realServer() : timeSkipping());
  await registerAttributes(env);
  return env;
}

async function timeSkipping(): Promise<TestWorkflowEnvironment> {
  const path = await timeSkippingServer();
  return TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } });
}

async function realServer(): Promise<TestWorkflowEnvironment> {
  const path = await resolveProgram(temporalCli, { env: process.env });
  return TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'existing-path', path } } });
}

/** The bundle that the runner has made for all files, or one of this file's own. */
export async function workflowBundle(): Promise<WorkflowBundleOption> {
  const codePath = process.env['KEYTURN_TEST_BUNDLE'];
  if (codePath !== undefined) return { codePath };
  const workflowsPath = fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url));
  return bundleWorkflowCode({ workflowsPath, ...converterPaths(undefined), logger: new DefaultLogger('ERROR') });
}

async function registerAttributes({ connection, namespace }: TestWorkflowEnvironment): Promise<void> {
  const keyword = 2;
  const datetime = 6;
  const types = Object.entries(searchAttributes).map(([name, type]) => [name, type === 'KEYWORD' ? keyword : datetime]);
  await connection.operatorService.addSearchAttributes({
    namespace: namespace ?? 'default',
    searchAttributes: Object.fromEntries(types),
  });
}
