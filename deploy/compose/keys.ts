import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * `node keys.ts FOLDER`: draws every secret of the trial into a folder for each reader, which is mounted into its container
 * alone. What is there already stays: PostgreSQL and OpenBao have taken it up for good.
 */
const folder = process.argv[2] ?? '/keys';

const password = () => randomBytes(24).toString('base64url');
const key = () => randomBytes(32).toString('base64');

const [temporal, ordersA, admin] = [password(), password(), password()];
// Tokens of OpenBao take no dashes at their beginning.
const [worker, ordersService] = [randomBytes(24).toString('hex'), randomBytes(24).toString('hex')];

const readers: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  postgres: {
    'postgres.password': password(),
    'temporal.password': temporal,
    'keyturn.password': admin,
    'orders_a.password': ordersA,
  },
  temporal: { 'temporal.password': temporal },
  openbao: {
    'unseal.key': randomBytes(32).toString('hex'),
    'orders_a.password': ordersA,
    'worker.token': worker,
    'orders-service.token': ordersService,
  },
  'orders-service': { 'openbao.token': ordersService },
  worker: { 'fingerprint.key': key(), 'codec.key': key(), 'keyturn.password': admin, 'openbao.token': worker },
};

// The last reader's files are written last: when they are there, all are.
const complete = join(folder, 'worker', 'fingerprint.key');
if (!existsSync(complete)) {
  for (const [reader, files] of Object.entries(readers)) {
    await mkdir(join(folder, reader), { recursive: true });
    for (const [name, text] of Object.entries(files).toReversed())
      await write(join(folder, reader, name), reader, text);
  }
}

/** The worker reads its own as the user that wrote them. Others are read by other users: the mount is what keeps strangers out. */
async function write(path: string, reader: string, text: string): Promise<void> {
  await rm(`${path}.incoming`, { force: true });
  await writeFile(`${path}.incoming`, text, { mode: reader === 'worker' ? 0o600 : 0o444 });
  await rename(`${path}.incoming`, path);
}
