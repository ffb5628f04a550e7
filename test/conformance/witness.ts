import { AssertionError } from 'node:assert';
import { inspect } from 'node:util';
import { isErrorCode, KeyturnError } from '../../src/contract/errors.ts';
import { Secret } from '../../src/contract/secret.ts';

/** What a port let out: everything it returned or threw, as text, and every secret that passed through it. */
export interface Witness<Port> {
  /** The port, watched. Members that it does not have stay absent. */
  readonly port: Port;
  readonly secrets: Set<Secret>;
  /**
   * Throws when the port threw anything but a {@link KeyturnError} of the closed set, or when an answer or error of it shows a
   * secret in any encoding, or one of these words of the remote system.
   */
  testify(remoteWords?: readonly string[]): void;
}

/** Watches a port of any kind. Text is taken as a person would see it printed, so a {@link Secret} that stayed one shows nothing. */
export function watch<Port extends object>(real: Port, known: readonly Secret[] = []): Witness<Port> {
  const texts: string[] = [];
  const foreign: string[] = [];
  const secrets = new Set(known);
  const port = watched(real, {
    passed(value) {
      collectSecrets(value, secrets);
    },
    returned(value) {
      collectSecrets(value, secrets);
      texts.push(print(value));
    },
    threw(error) {
      texts.push(print(error));
      if (!(error instanceof KeyturnError && isErrorCode(error.code))) foreign.push(nameOf(error));
    },
  });
  return {
    port,
    secrets,
    testify(remoteWords = []) {
      if (foreign[0]) fail('a port throws KeyturnError with a code of the closed set, and nothing else', foreign[0]);
      const shown = texts.join('\n');
      const leaked = [...secrets].some((secret) => disguises(secret.reveal()).some((form) => shown.includes(form)));
      if (leaked) fail('no answer or error of a port shows a secret: raw, base64, hex or URL-encoded', 'a secret');
      const word = remoteWords.find((candidate) => shown.includes(candidate));
      if (word) fail('no answer or error of a port repeats what the remote system wrote', word);
    },
  };
}

/** The forms in which a secret gets out by accident. Short values are left out: they would be found by chance. */
export function disguises(secret: string): string[] {
  if (secret.length < 8) return [];
  const bytes = Buffer.from(secret);
  const forms = [secret, encodeURIComponent(secret), bytes.toString('hex'), bytes.toString('hex').toUpperCase()];
  return [...forms, ...base64Forms(bytes, 'base64'), ...base64Forms(bytes, 'base64url')];
}

/** Base64 of a text depends on what stands around it, as in `user:password`; these are the three possible cores. */
function base64Forms(bytes: Buffer, alphabet: 'base64' | 'base64url'): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString(alphabet);
    return encoded
      .replace(/=+$/, '')
      .slice(0, -1)
      .slice(offset === 0 ? 0 : offset + 1);
  });
}

interface Listener {
  passed(value: unknown): void;
  returned(value: unknown): void;
  threw(error: unknown): void;
}

function watched<Target extends object>(target: Target, listener: Listener): Target {
  return new Proxy({} as Target, {
    get(_, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof member === 'function') return (...args: unknown[]) => call(member.bind(target), args, listener);
      return typeof member === 'object' && member !== null ? watched(member, listener) : member;
    },
  });
}

function call(method: (...args: unknown[]) => unknown, args: unknown[], listener: Listener): unknown {
  args.forEach((arg) => listener.passed(arg));
  try {
    const result = method(...args);
    if (result instanceof Promise) return settled(result, listener);
    listener.returned(result);
    return result;
  } catch (error) {
    listener.threw(error);
    throw error;
  }
}

async function settled(promise: Promise<unknown>, listener: Listener): Promise<unknown> {
  try {
    const result: unknown = await promise;
    listener.returned(result);
    return result;
  } catch (error) {
    listener.threw(error);
    throw error;
  }
}

function collectSecrets(value: unknown, secrets: Set<Secret>): void {
  if (value instanceof Secret) secrets.add(value);
  else if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    Object.values(value).forEach((member) => collectSecrets(member, secrets));
  }
}

function print(value: unknown): string {
  return inspect(value, { depth: 8, showHidden: true, maxStringLength: null, maxArrayLength: null });
}

function nameOf(error: unknown): string {
  return error instanceof Error ? `${error.constructor.name}: ${error.message}` : typeof error;
}

function fail(rule: string, seen: string): never {
  throw new AssertionError({ message: `${rule} (seen: ${seen})` });
}
