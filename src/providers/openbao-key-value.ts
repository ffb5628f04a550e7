import { z } from 'zod';
import { KeyturnError } from '../contract/errors.ts';
import type { Read, Write } from '../contract/call.ts';
import { Secret } from '../contract/secret.ts';
import { lost } from './http-exchange.ts';
import type { Sight } from './observe.ts';
import type { Fields, OpenBao } from './openbao-client.ts';
import { pathSegments, type PathSegments } from './path-segments.ts';

/** One version of what rests at a path. */
export interface KeyValueEntry {
  readonly version: number;
  /** `undefined` once the version is deleted or destroyed; its number is still taken. */
  readonly fields: Fields | undefined;
}

/** One mount of the key-value engine, version 2. https://openbao.org/api-docs/secret/kv/kv-v2/ */
export interface KeyValue {
  /** The newest version, or the one asked for. `undefined` where nothing was ever written. */
  read(path: PathSegments, call: Read, version?: number): Promise<KeyValueEntry | undefined>;
  /** Writes the version after `current` (0: the first) and returns its number. Anything else there is `conflict`. */
  write(path: PathSegments, fields: Fields, current: number, call: Write): Promise<number>;
  /** Notes kept beside the versions; `undefined` where nothing is. */
  notes(path: PathSegments, call: Read): Promise<Fields | undefined>;
  /** Sets the notes, and makes check-and-set compulsory at this path. Each note has at most 512 bytes. */
  note(path: PathSegments, notes: Readonly<Record<string, string>>, call: Write): Promise<void>;
  /** Deletes a path with all versions and notes. Deleting the absent resolves. */
  erase(path: PathSegments, call: Write): Promise<void>;
  /** Is this a mount of the key-value engine, version 2? */
  inspect(call: Read): Promise<Sight>;
  readonly dataPath: (path: PathSegments) => PathSegments;
  readonly metadataPath: (path: PathSegments) => PathSegments;
}

const record = z.record(z.string(), z.unknown());
const versionNumber = z.int().min(1);
const entryShape = z.object({ data: record.nullable(), metadata: z.object({ version: versionNumber }) });
const writtenShape = z.object({ version: versionNumber });
const metadataShape = z.object({ custom_metadata: record.nullable() });
const mountShape = z.object({ type: z.string(), options: z.object({ version: z.string().optional() }).nullish() });

export function openKeyValue(bao: OpenBao, mount: PathSegments): KeyValue {
  const dataPath = (path: PathSegments) => [...mount, 'data', ...path];
  const metadataPath = (path: PathSegments) => [...mount, 'metadata', ...path];
  return {
    dataPath,
    metadataPath,
    async read(path, call, wanted) {
      const found = await bao.read(dataPath(path), call, wanted === undefined ? {} : { version: String(wanted) });
      if (found === undefined) return undefined;
      const { data, metadata } = expect(entryShape, found, false);
      if (wanted !== undefined && metadata.version !== wanted) throw lost({ system: 'OpenBao', changes: false });
      return { version: metadata.version, fields: data ?? undefined };
    },
    async write(path, fields, current, call) {
      const written = await bao.write(dataPath(path), { options: { cas: current }, data: fields }, call);
      return expect(writtenShape, written, true).version;
    },
    async notes(path, call) {
      const found = await bao.read(metadataPath(path), call);
      return found && (expect(metadataShape, found, false).custom_metadata ?? {});
    },
    async note(path, notes, call) {
      await bao.write(metadataPath(path), { custom_metadata: notes, cas_required: true }, call);
    },
    erase: (path, call) => bao.remove(metadataPath(path), call),
    inspect: (call) => inspect(bao, mount, call),
  };
}

function expect<Value>(shape: z.ZodType<Value>, found: unknown, changes: boolean): Value {
  const parsed = shape.safeParse(found);
  if (parsed.success) return parsed.data;
  throw lost({ system: 'OpenBao', changes });
}

/**
 * The secret at `path` or `path#field`; where no field is named it is `secret`, as in what Keyturn puts. Throws `not_found` where
 * the path, the version or the field is absent, empty or no text.
 */
export async function readSecret(kv: KeyValue, path: string, call: Read, version?: number) {
  const [, place = path, field = 'secret'] = /^(.*)#([^#/]+)$/s.exec(path) ?? [];
  const entry = await kv.read(pathSegments(place, 'secret.path'), call, version);
  const value = entry?.fields?.[field];
  if (entry && typeof value === 'string' && value !== '') return { secret: new Secret(value), version: entry.version };
  throw new KeyturnError('not_found', 'the store holds no such secret', 'name it as path, or as path#field');
}

async function inspect(bao: OpenBao, mount: PathSegments, call: Read): Promise<Sight> {
  try {
    const found = mountShape.safeParse(await bao.read(['sys', 'internal', 'ui', 'mounts', ...mount], call));
    if (!found.success) return ['unknown', 'OpenBao does not tell what kind of mount this is'];
    const fits = found.data.type === 'kv' && found.data.options?.version === '2';
    return fits ? ['yes', 'the mount keeps versions'] : ['no', 'the mount is not a key-value engine of version 2'];
  } catch (error) {
    // OpenBao says the same to a token without rights and to a mount that does not exist.
    if (!(error instanceof KeyturnError) || error.code !== 'denied') throw error;
    return ['no', 'there is no such mount, or the token has no right in it'];
  }
}
