import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import type { MovedByMachine } from '../../contract/consumers.ts';
import { KeyturnError } from '../../contract/errors.ts';
import type { Provider, World } from '../../contract/provider.ts';
import type { Fingerprint } from '../../contract/references.ts';
import { Secret } from '../../contract/secret.ts';
import { fileFormat, readFormat, writeFormat, type FileFormat } from '../file-format.ts';
import { filePlace, readPlain, rethrow } from '../file-place.ts';
import { absolutePath, canReload, fileReload, reload as tellToReload } from '../file-reload.ts';
import { observe, type Sight } from '../observe.ts';
import { canBeAsked, isServed, refuseUnservable, servedFile } from '../served-file.ts';

const id = z.int().min(0).max(4_294_967_294);

const config = z
  .strictObject({
    root: absolutePath.describe('The folder below which all targets of this connection lie.'),
    mode: z
      .string()
      .regex(/^0?[0-7]{2}0$/, 'expected octal digits in quotes that give others nothing, such as "0600" or "0640"')
      .default('0600')
      .transform((digits) => Number.parseInt(digits, 8)),
    owner: z
      .strictObject({ uid: id, gid: id })
      .optional()
      .describe('Numbers. Giving files away needs the right to do so.'),
    reload: fileReload.optional().describe('Left out: the workload sees by itself that the file has changed.'),
    serves: servedFile.optional().describe('Where servers serve the certificate that the file holds.'),
    ...fileFormat,
  })
  .refine(({ serves, format }) => !serves || format === 'raw', {
    path: ['serves'],
    message: 'expected format raw: servers read the key and its chain from a file that holds nothing else',
  })
  .refine(
    ({ usernameField, secretField, fingerprintField }) =>
      new Set([usernameField, secretField, fingerprintField]).size === 3,
    'expected usernameField, secretField and fingerprintField to be three different names',
  );

type Config = z.output<typeof config>;

/**
 * A workload on this worker's host that reads its credential from a file; `target` is the file's path below `root`.
 *
 * A file is replaced as a whole: readers see the old one or the new one, also after a crash. Folders are not made and symbolic
 * links below `root` not followed. `verify` can only see what the file holds, not what the workload runs on, unless that is a
 * certificate and `serves` says where it is served: then every endpoint is asked, and what no endpoint could serve is not delivered.
 * A workload that can report what it runs on is better moved by `http`.
 */
export const provider: Provider<MovedByMachine, Config> = {
  kind: 'file',
  config,
  create(settings, world) {
    const { root, reload, serves } = settings;
    return {
      by: 'machine',
      async deliver(target, credential, call) {
        const path = await filePlace(root, target, call);
        if (serves) refuseUnservable(serves, target, credential.secret);
        const before = await readPlain(path);
        const content = writeFormat(settings, before, credential);
        if (content === before && (await isAsConfigured(path, settings))) return;
        await replace(path, content, settings);
      },
      ...(reload && { apply: (_target, call) => tellToReload(reload, call) }),
      verify: (target, running, call) =>
        observe(world, async () => {
          const content = await readPlain(await filePlace(root, target, call));
          const seen = look(content, settings, running, world);
          if (seen[0] !== 'yes' || !serves) return seen;
          return isServed(serves, { target, content: content ?? '' }, world, call);
        }),
      preflight: (target, call) =>
        observe(world, async () => {
          const path = await filePlace(root, target, call);
          const isWritable = await access(dirname(path), constants.W_OK | constants.X_OK).then(
            () => true,
            () => false,
          );
          if (!isWritable) return ['no', 'this worker may not write in the folder of the file'];
          const ready: Sight = reload ? await canReload(reload) : ['yes', 'the file can be written'];
          return serves && ready[0] === 'yes' ? canBeAsked(serves, target, world, call) : ready;
        }),
    };
  },
};

async function isAsConfigured(path: string, { mode, owner }: Config): Promise<boolean> {
  const found = await stat(path).catch(rethrow);
  return (found.mode & 0o7777) === mode && (!owner || (found.uid === owner.uid && found.gid === owner.gid));
}

function look(content: string | undefined, format: FileFormat, running: Fingerprint, { fingerprint }: World): Sight {
  if (content === undefined) return ['no', 'there is no such file'];
  const shown = readFormat(format, content);
  if (!shown.secrets.some((secret) => fingerprint(new Secret(secret)) === running)) {
    return ['no', 'the file holds another secret'];
  }
  return (shown.fingerprint ?? running) === running
    ? ['yes', 'the file holds the secret']
    : ['no', 'the fingerprint beside the secret is that of another one'];
}

/** Writes beside the file and renames. What a killed attempt left beside it is removed first, since it holds a secret. */
async function replace(path: string, content: string, { mode, owner }: Config): Promise<void> {
  const folder = dirname(path);
  const mark = `.keyturn-${createHash('sha256').update(basename(path)).digest('hex').slice(0, 16)}-`;
  const temporary = join(folder, `${mark}${randomUUID()}`);
  try {
    const left = (await readdir(folder)).filter((name) => name.startsWith(mark));
    await Promise.all(left.map((name) => rm(join(folder, name), { force: true })));
    await using file = await open(temporary, 'wx', 0o600);
    await file.writeFile(content);
    await stampLater(file, path);
    if (owner) await file.chown(owner.uid, owner.gid);
    await file.chmod(mode);
    await file.sync();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    rethrow(error);
  }
  await syncFolder(folder);
}

/**
 * What has the inode and the second of a file that was read is taken for that one by who compares these, as newer nginx does when it
 * reloads; and an inode that was freed is often the next to be given out.
 * https://nginx.org/en/docs/ngx_core_module.html#ssl_object_cache_inheritable
 */
async function stampLater(file: FileHandle, path: string): Promise<void> {
  const second = ({ mtimeMs }: { readonly mtimeMs: number }) => Math.floor(mtimeMs / 1_000);
  const before = await stat(path).then(second, () => 0);
  if (second(await file.stat()) <= before) await file.utimes(before + 1, before + 1);
}

/** Without this a crash of the host could bring the old file back after the new one was reported as delivered. */
async function syncFolder(folder: string): Promise<void> {
  try {
    await using handle = await open(folder, 'r');
    await handle.sync();
  } catch {
    throw new KeyturnError('outcome_unknown', 'the file was written, but may not outlive a crash of the host');
  }
}
