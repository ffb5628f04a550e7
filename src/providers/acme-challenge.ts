import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Read } from '../contract/call.ts';
import { KeyturnError } from '../contract/errors.ts';
import { absolutePath } from './file-reload.ts';
import type { Sight } from './observe.ts';
import { isAddress } from '../certificates/subject-names.ts';
import { runBare } from './bare-command.ts';

const overHttp = z.strictObject({
  type: z.literal('http-01'),
  folder: absolutePath.describe('What is served at /.well-known/acme-challenge/ of every name, at port 80.'),
});
const overDns = z.strictObject({
  type: z.literal('dns-01'),
  command: z
    .tuple([absolutePath], z.string().regex(/^[^\0]*$/))
    .describe(
      'Gets `add` or `remove`, the name of a TXT record and its value as further arguments. No shell reads them.',
    ),
  timeoutMs: z.int().min(100).max(600_000).default(60_000).describe('Milliseconds until the command is killed.'),
  settleMs: z.int().min(0).max(600_000).default(0).describe('How long the record takes until everybody sees it.'),
});

/** How a worker shows to an authority that it may ask for a name. RFC 8555 (8.3, 8.4) */
export const acmeChallenge = z.discriminatedUnion('type', [overHttp, overDns]);

export type AcmeChallenge = z.output<typeof acmeChallenge>;

export interface Shown {
  readonly name: string;
  readonly token: string;
  readonly keyAuthorization: string;
}

/** Puts the answer where the authority looks; the second call puts it there again. */
export async function show(how: AcmeChallenge, shown: Shown, call: Read): Promise<void> {
  if (how.type === 'dns-01') return run(how, 'add', shown, call);
  await writeFile(placeOf(how.folder, shown), shown.keyAuthorization, { mode: 0o644 }).catch(() => {
    throw new KeyturnError('invalid_request', 'this worker can not write into the folder of challenges');
  });
}

/** Takes it away again. What is gone is done. */
export async function withdraw(how: AcmeChallenge, shown: Shown, call: Read): Promise<void> {
  if (how.type === 'dns-01') return run(how, 'remove', shown, call);
  await rm(placeOf(how.folder, shown), { force: true });
}

/** Could {@link show} work for these names? Shows nothing. */
export async function canShow(how: AcmeChallenge, names: readonly string[]): Promise<Sight> {
  if (how.type === 'http-01' && names.some((name) => name.startsWith('*.'))) {
    return ['no', 'a wildcard is proven by dns-01 alone'];
  }
  if (how.type === 'dns-01' && names.some(isAddress)) return ['no', 'an address is proven by http-01 alone'];
  const [path, mode] = how.type === 'http-01' ? [how.folder, constants.W_OK] : [how.command[0], constants.X_OK];
  const isThere = await access(path, mode).then(
    () => true,
    () => false,
  );
  if (isThere) return ['yes', 'challenges can be answered'];
  return ['no', how.type === 'http-01' ? 'the folder of challenges can not be written' : 'the command can not be run'];
}

/** A token comes from the authority and becomes the name of a file. */
function placeOf(folder: string, { token }: Shown): string {
  if (/^[\w-]{1,200}$/.test(token)) return join(folder, token);
  throw new KeyturnError('unavailable', 'the authority gave a token that is none');
}

async function run(
  { command: [program, ...args], timeoutMs }: z.output<typeof overDns>,
  what: 'add' | 'remove',
  { name, keyAuthorization }: Shown,
  call: Read,
): Promise<void> {
  const record = `_acme-challenge.${name.replace(/^\*\./, '')}`;
  const value = createHash('sha256').update(keyAuthorization).digest('base64url');
  const end = await runBare([program, ...args, what, record, value], timeoutMs, call);
  if (end === 'not run' || end === 'stopped')
    throw new KeyturnError('unavailable', 'the command for DNS records can not be run or was stopped');
  if (end !== 0) throw new KeyturnError('unavailable', 'the command for DNS records failed');
}
