import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Secret } from '../../src/contract/secret.ts';
import { provider } from '../../src/providers/consumers/file.ts';
import { describeConsumerPort, type ConsumerSystem } from '../conformance/consumers.ts';
import { worldOf } from '../fakes/world.ts';

const world = worldOf('file');

interface Shape {
  readonly settings: object;
  readonly secretIn: (content: string) => string | undefined;
  /** The content with another secret, and all else as it was. */
  readonly spoil?: (content: string, secret: string) => string;
  readonly refusesSecret?: RegExp;
}

async function open({ settings, secretIn, spoil, refusesSecret }: Shape): Promise<ConsumerSystem> {
  const root = await mkdtemp(join(tmpdir(), 'keyturn-file-'));
  await mkdir(join(root, 'app'));
  const contentOf = async (target: string) => readFile(join(root, target), 'utf8').catch(() => undefined);
  return {
    port: provider.create(provider.config.parse({ root, ...settings }), world),
    target: 'app/credential',
    neighbour: 'app/bystander',
    fingerprint: world.fingerprint,
    async secretAt(target) {
      const content = await contentOf(target);
      return content === undefined ? undefined : secretIn(content);
    },
    changesAt: async (target) => (await stat(join(root, target))).mtimeMs,
    ...(spoil && {
      async tamper(target: string, secret: Secret) {
        await writeFile(join(root, target), spoil((await contentOf(target)) ?? '', secret.reveal()));
      },
    }),
    ...(refusesSecret && { refusesSecret }),
    close: () => rm(root, { recursive: true }),
  };
}

const raw: Shape = { settings: {}, secretIn: (content) => content };

const json: Shape = {
  settings: { format: 'json', secretField: 'pass' },
  secretIn: (content) => JSON.parse(content).pass,
  spoil: (content, secret) => JSON.stringify({ ...JSON.parse(content), pass: secret }),
};

const env: Shape = {
  settings: { format: 'env', usernameField: 'DB_USER', secretField: 'DB_PASSWORD', fingerprintField: 'DB_MARK' },
  secretIn: (content) => /^DB_PASSWORD=(?<quote>'?)(?<secret>.*)\k<quote>$/m.exec(content)?.groups?.['secret'],
  spoil: (content, secret) => content.replace(/^DB_PASSWORD=.*$/m, `DB_PASSWORD=${secret}`),
  refusesSecret: /['\n]/,
};

describeConsumerPort({ name: 'file (raw)', open: () => open(raw) });
describeConsumerPort({ name: 'file (json)', open: () => open(json) });
describeConsumerPort({ name: 'file (env)', open: () => open(env) });
describeConsumerPort({
  name: 'file (json, with a reload)',
  open: () => open({ ...json, settings: { ...json.settings, reload: { command: [process.execPath, '-e', '0'] } } }),
});
