import { createSecretKey, randomBytes } from 'node:crypto';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import { stringify } from 'yaml';
import { createActivities } from '../../src/activities/index.ts';
import { dataConverter } from '../../src/codec/data-converter.ts';
import { taskQueue } from '../../src/contract/messages.ts';
import { resolveProgram, temporalCli } from '../../src/dev/backends/binaries.ts';
import { Folder } from '../config/config-file.ts';
import { MemoryWorld } from '../workflows/memory-world.ts';
import { type Ran, runKeyturn, type RunOptions } from './run-keyturn.ts';

Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR' } } });

const key = randomBytes(32);
const fastTimes = { quiet: '200ms', observe: '200ms', retryFor: '2s' };

/** A real Temporal server with payloads encrypted, a world in memory, and the command in processes of its own. */
export class CliWorld {
  readonly world: MemoryWorld;
  folder!: Folder;
  #env!: TestWorkflowEnvironment;
  #bundle!: WorkflowBundle;
  #stop: () => Promise<void> = async () => undefined;

  constructor(world = new MemoryWorld('overlap')) {
    this.world = world;
    // This server has schedules, and finds workflows.
    world.lifecycles = {};
    before(async () => {
      const path = await resolveProgram(temporalCli, { env: process.env });
      this.#env = await TestWorkflowEnvironment.createLocal({
        server: {
          executable: { type: 'existing-path', path },
          extraArgs: ['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=2000'],
        },
      });
      this.folder = await Folder.create();
      const workflowsPath = fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url));
      const { failureConverterPath } = this.#converter;
      this.#bundle = await bundleWorkflowCode({
        workflowsPath,
        logger: new DefaultLogger('ERROR'),
        ...(failureConverterPath && { failureConverterPath }),
      });
    });
    after(async () => {
      await this.#stop();
      await this.#env?.teardown();
      await this.folder?.[Symbol.asyncDispose]();
    });
  }

  /** Runs the command; with the codec's keys unless `encrypted` is false. */
  async run(args: readonly string[], options: RunOptions & { encrypted?: boolean } = {}): Promise<Ran> {
    const { encrypted = true, env, ...rest } = options;
    const config = await this.folder.write(
      'client.yaml',
      stringify({ codec: { current: 'k1', keys: { k1: { env: 'CODEC' } } } }),
    );
    return runKeyturn(args, {
      ...rest,
      env: {
        TEMPORAL_ADDRESS: this.#env.address,
        CODEC: key.toString('base64'),
        ...(encrypted && { KEYTURN_CONFIG: config }),
        ...env,
      },
    });
  }

  /** The same with `--json`, its document parsed. */
  async json<Document>(args: readonly string[], options: RunOptions = {}): Promise<Document & { code: number | null }> {
    const { stdout, stderr, code } = await this.run([...args, '--json'], options);
    if (stdout === '') throw new Error(`no document: ${stderr}`);
    return { ...(JSON.parse(stdout) as Document), code };
  }

  /** Writes a manifest whose identities are those of the world, each with its changes. */
  async manifest(...changes: Record<string, unknown>[]): Promise<string> {
    const identities = changes.map((change) => this.world.declared({ ...fastTimes, ...change }));
    return this.folder.write('keyturn.yaml', stringify({ version: 1, identities }, { aliasDuplicateObjects: false }));
  }

  async startWorker(): Promise<void> {
    const worker = await Worker.create({
      connection: this.#env.nativeConnection,
      taskQueue,
      workflowBundle: this.#bundle,
      activities: createActivities(this.world.activities()),
      dataConverter: this.#converter,
    });
    const running = worker.run();
    this.#stop = async () => {
      worker.shutdown();
      await running;
      this.#stop = async () => undefined;
    };
  }

  async stopWorker(): Promise<void> {
    await this.#stop();
  }

  get #converter() {
    return dataConverter({ current: 'k1', keys: new Map([['k1', createSecretKey(key)]]) });
  }
}
