import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, open, readdir, rename, rm, stat } from 'node:fs/promises';
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
    ...fileFormat,
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
 * links below `root` not followed. `verify` can only see what the file holds, not what the workload runs on: a workload that
 * can report that is better moved by `http`.
 */
export const provider: Provider<MovedByMachine, Config> = {
  kind: 'file',
  config,
  create(settings, world) {
    const { root, reload } = settings;
    return {
      by: 'machine',
      async deliver(target, credential, call) {
        const path = await filePlace(root, target, call);
        const before = await readPlain(path);
        const content = writeFormat(settings, before, credential);
        if (content === before && (await isAsConfigured(path, settings))) return;
        await replace(path, content, settings);
      },
      ...(reload && { apply: (_target, call) => tellToReload(reload, call) }),
      verify: (target, running, call) =>
        observe(world, async () =>
          look(await readPlain(await filePlace(root, target, call)), settings, running, world),
        ),
      preflight: (target, call) =>
        observe(world, async () => {
          const path = await filePlace(root, target, call);
          const isWritable = await access(dirname(path), constants.W_OK | constants.X_OK).then(
            () => true,
            () => false,
          );
          if (!isWritable) return ['no', 'this worker may not write in the folder of the file'];
          return reload ? canReload(reload) : ['yes', 'the file can be written'];
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

/** Without this a crash of the host could bring the old file back after the new one was reported as delivered. */
async function syncFolder(folder: string): Promise<void> {
  try {
    await using handle = await open(folder, 'r');
    await handle.sync();
  } catch {
    throw new KeyturnError('outcome_unknown', 'the file was written, but may not outlive a crash of the host');
  }
}
