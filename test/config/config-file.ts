import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Providers } from '../../src/contract/provider.ts';
import { Secret } from '../../src/contract/secret.ts';
import { provider as http } from '../../src/providers/consumers/http.ts';
import { provider as consumerAtBao } from '../../src/providers/consumers/openbao-kv.ts';
import { provider as aws } from '../../src/providers/credentials/aws-iam-access-key.ts';
import { provider as approle } from '../../src/providers/credentials/openbao-approle.ts';
import { provider as storeAtBao } from '../../src/providers/stores/openbao-kv.ts';

/** A temporary folder for one test's files; gone with the test. */
export class Folder implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(): Promise<Folder> {
    return new Folder(await mkdtemp(join(tmpdir(), 'keyturn-config-')));
  }

  async write(name: string, content: string | Uint8Array, mode = 0o600): Promise<string> {
    const path = join(this.path, name);
    await writeFile(path, content);
    await chmod(path, mode);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

const database = z.strictObject({
  host: z.string(),
  port: z.int().min(1).max(65_535).default(5432),
  password: z.instanceof(Secret),
  tls: z.strictObject({ ca: z.instanceof(Secret) }).optional(),
});

/** Providers that keep what they were made with, so that a test can look at it; some have the schema of a built-in one. */
export function recordingProviders(): Providers & {
  readonly made: { kind: string; config: unknown; connection: string }[];
} {
  const made: { kind: string; config: unknown; connection: string }[] = [];
  const provider = (kind: string, config: z.ZodType) => ({
    kind,
    config,
    create: (value: unknown, { connection }: { connection: string }) => {
      made.push({ kind, config: value, connection });
      return { kind } as never;
    },
  });
  return {
    made,
    credentials: [
      provider('database', database),
      provider('cloud', z.strictObject({ region: z.string() })),
      ...[aws, approle].map(({ kind, config }) => provider(kind, config)),
    ],
    consumers: [
      provider('file', z.strictObject({ file: z.string() })),
      ...[http, consumerAtBao].map(({ kind, config }) => provider(kind, config)),
    ],
    entitlements: [provider('grants', z.strictObject({ system: z.string() }))],
    stores: [provider('memory', z.strictObject({})), provider(storeAtBao.kind, storeAtBao.config)],
    authorities: [],
  };
}
