import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Secret } from '../contract/secret.ts';
import type { Path, Problem } from '../input/problems.ts';

/** Where a configuration's secrets come from: the environment, and files named relative to the configuration's own folder. */
export interface SecretSources {
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
}

const mostBytes = 64 * 1024;

/**
 * Replaces every `{ env: NAME }` and `{ file: PATH }` in a tree of plain values by a {@link Secret}. What can't be read
 * becomes a problem at its path and an empty secret, so that the reader learns of all of them at once.
 */
export function resolveSecrets(raw: unknown, sources: SecretSources): { value: unknown; problems: Problem[] } {
  const problems: Problem[] = [];
  const walk = (node: unknown, path: Path): unknown => {
    if (Array.isArray(node)) return node.map((item, at) => walk(item, [...path, at]));
    if (typeof node !== 'object' || node === null) return node;
    const reference = asReference(node);
    if (!reference) {
      return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, walk(value, [...path, key])]));
    }
    const read = readReference(reference, sources);
    if (typeof read !== 'string') return new Secret(read.text);
    problems.push({ path, message: read });
    return new Secret('');
  };
  return { value: walk(raw, []), problems };
}

type Reference = readonly [kind: 'env' | 'file', value: unknown];

/** A mapping with the one key `env` or `file` and a scalar: a connection that happens to be *named* `file` holds a mapping. */
function asReference(node: object): Reference | undefined {
  const [first, ...rest] = Object.entries(node);
  if (!first || rest.length > 0 || (typeof first[1] === 'object' && first[1] !== null)) return undefined;
  return first[0] === 'env' || first[0] === 'file' ? [first[0], first[1]] : undefined;
}

/** The text of the secret, or in a string what is wrong. */
function readReference([kind, value]: Reference, { env, folder }: SecretSources): { text: string } | string {
  if (typeof value !== 'string' || value === '') return `expected ${kind === 'env' ? 'a variable' : 'a path'} as text`;
  const read = kind === 'env' ? readVariable(value, env) : readSecretFile(resolve(folder, value));
  return typeof read !== 'string' && read.text === ''
    ? `expected a secret; the ${kind === 'env' ? 'variable' : 'file'} ${value} is empty`
    : read;
}

function readVariable(name: string, env: NodeJS.ProcessEnv): { text: string } | string {
  const text = env[name];
  return text === undefined ? `expected the environment variable ${name}, which is not set` : { text };
}

function readSecretFile(file: string): { text: string } | string {
  try {
    const { mode, size } = statSync(file);
    if (!isRegular(mode) || size > mostBytes) return `expected ${file} to be a file of at most 64 KiB`;
    if ((mode & 0o077) !== 0) {
      return `expected a file that its owner alone can read; make it so: chmod 600 ${file}`;
    }
    return { text: readFileSync(file, 'utf8').replace(/\r?\n$/, '') };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return `expected the file ${file}, which does not exist`;
    return `expected to read the file ${file}; the system refuses (${code ?? 'unknown'})`;
  }
}

function isRegular(mode: number): boolean {
  return (mode & 0o170000) === 0o100000;
}
