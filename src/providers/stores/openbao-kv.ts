import { createHash } from 'node:crypto';
import { z } from 'zod';
import { KeyturnError } from '../../contract/errors.ts';
import type { Read, Write } from '../../contract/call.ts';
import type { Provider, World } from '../../contract/provider.ts';
import type { CredentialRef, SecretRef, StoredSecret } from '../../contract/references.ts';
import { Secret } from '../../contract/secret.ts';
import type { Sealed, StorePort } from '../../contract/stores.ts';
import { observe } from '../observe.ts';
import { openbaoConnection, openbaoPath, openOpenBao } from '../openbao-client.ts';
import { openKeyValue, readSecret, type KeyValue } from '../openbao-key-value.ts';
import { checkRights, type Right } from '../openbao-rights.ts';
import { pathSegments, type PathSegments } from '../path-segments.ts';

const config = openbaoConnection.extend({
  mount: openbaoPath.prefault('secret').describe('A mount of the key-value engine, version 2.'),
  root: openbaoPath.prefault('keyturn').describe('The folder in the mount that belongs to Keyturn alone.'),
});

/**
 * Secrets in OpenBao's key-value engine, version 2: one path per operation, `<root>/<identity>/<digest of the operation>`.
 *
 * A path is written by check-and-set against "nothing here yet", so of two writers of one operation one wins, and the other
 * returns what the first wrote. The notes of a path (`custom_metadata`) name identity and operation for people, and `destroy`
 * goes by them. A deleted or destroyed version is `not_found`. The engine's `delete_version_after` must be off at the mount,
 * or OpenBao deletes secrets that are in use. https://openbao.org/docs/secrets/kv/kv-v2/
 */
export const provider: Provider<StorePort, z.output<typeof config>> = {
  kind: 'openbao-kv',
  config,
  create({ mount, root, ...connection }, world) {
    const bao = openOpenBao(connection, world);
    const kv = openKeyValue(bao, mount);
    const places: Places = { kv, root, world };
    return {
      put: (identity, secret, owner, call) => put(places, identity, { secret, owner }, call),
      find: (identity, operation, call) => find(places, identity, operation, call),
      async get({ path, version }, call) {
        return (await readSecret(kv, path, call, version)).secret;
      },
      async read(path, call) {
        const { secret, version } = await readSecret(kv, path, call);
        return { ref: { path, version }, fingerprint: world.fingerprint(secret) };
      },
      async destroy(ref, call) {
        const path = ownPath(root, ref);
        const notes = await kv.notes(path, call);
        if (notes === undefined) return;
        if (digestNoted(notes['operation']) !== path.at(-1)) throw notOurs();
        await kv.erase(path, call);
      },
      preflight: (identity, call) =>
        observe(world, async () => {
          const path = placeOf(root, identity, 'preflight');
          const mounted = await kv.inspect(call);
          return mounted[0] === 'yes' ? checkRights(bao, rightsAt(kv, path), call) : mounted;
        }),
    };
  },
};

interface Places {
  readonly kv: KeyValue;
  readonly root: PathSegments;
  readonly world: World;
}

async function put(
  { kv, root, world }: Places,
  identity: string,
  { secret, owner }: { secret: Secret; owner: CredentialRef | undefined },
  call: Write,
): Promise<StoredSecret> {
  const { operation } = call;
  const path = placeOf(root, identity, operation);
  await kv.note(path, { identity: noteOf(identity), operation: noteOf(operation) }, call);
  try {
    const version = await kv.write(path, { secret: secret.reveal(), operation, ...(owner && { owner }) }, 0, call);
    return { ref: { path: path.join('/'), version }, fingerprint: world.fingerprint(secret) };
  } catch (error) {
    if (!(error instanceof KeyturnError) || error.code !== 'conflict') throw error;
    const first = await find({ kv, root, world }, identity, operation, call);
    if (first) return first.stored;
    throw taken();
  }
}

async function find(
  { kv, root, world }: Places,
  identity: string,
  operation: string,
  call: Read,
): Promise<Sealed | undefined> {
  const path = placeOf(root, identity, operation);
  const entry = await kv.read(path, call);
  if (entry?.fields === undefined) return undefined;
  const sealed = sealedShape.safeParse(entry.fields);
  if (!sealed.success || sealed.data.operation !== operation) throw taken();
  const { secret, owner } = sealed.data;
  const ref = { path: path.join('/'), version: entry.version };
  return { stored: { ref, fingerprint: world.fingerprint(new Secret(secret)) }, owner };
}

function rightsAt(kv: KeyValue, path: PathSegments): Right[] {
  return [
    { name: 'its data', path: kv.dataPath(path), capabilities: ['create', 'read', 'update'] },
    { name: 'its metadata', path: kv.metadataPath(path), capabilities: ['create', 'read', 'update', 'delete'] },
  ];
}

const sealedShape = z.object({
  secret: z.string(),
  operation: z.string(),
  owner: z.strictObject({ connection: z.string(), account: z.string(), id: z.string() }).optional(),
});

function placeOf(root: PathSegments, identity: string, operation: string): PathSegments {
  return [...root, ...pathSegments(identity, 'identity'), digest(operation).slice(0, 32)];
}

/** The path of a reference, when it has the shape that {@link placeOf} gives to all of ours. */
function ownPath(root: PathSegments, { path }: SecretRef): PathSegments {
  const segments = pathSegments(path, 'secret.path');
  const isOurs =
    segments.length > root.length + 1 &&
    root.every((segment, at) => segments[at] === segment) &&
    /^[0-9a-f]{32}$/.test(segments.at(-1) ?? '');
  if (isOurs) return segments;
  throw notOurs();
}

/** What is noted of a name: itself, or its digest where OpenBao takes no such note (over 512 bytes, unprintable). */
function noteOf(name: string): string {
  return /^[\x20-\x7e]{1,512}$/.test(name) ? name : `sha256:${digest(name)}`;
}

function digestNoted(note: unknown): string | undefined {
  if (typeof note !== 'string') return undefined;
  const noted = /^sha256:([0-9a-f]{64})$/.exec(note)?.[1] ?? digest(note);
  return noted.slice(0, 32);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function taken(): KeyturnError {
  return new KeyturnError('conflict', 'the place of this operation in the store holds something else, or was emptied');
}

function notOurs(): KeyturnError {
  return new KeyturnError('denied', 'Keyturn did not put this secret, so it does not destroy it');
}
