import { z } from 'zod';
import type { Delivered } from '../contract/consumers.ts';
import { KeyturnError } from '../contract/errors.ts';

const fieldName = z.string().regex(/^[A-Za-z_]\w{0,99}$/, 'expected a name of letters, digits and _');

/** How a file holds a credential: the secret alone, or named values among others that are left as they are. */
export const fileFormat = {
  format: z.enum(['raw', 'json', 'env']).default('raw'),
  usernameField: fieldName.default('username').describe("Takes the credential's id; json and env."),
  secretField: fieldName.default('password').describe('json and env.'),
  fingerprintField: fieldName.default('fingerprint').describe('json and env.'),
};

export type FileFormat = z.output<z.ZodObject<typeof fileFormat>>;

/** What a file shows of a credential. */
export interface Shown {
  /** The secret; more than one where a newline at the end may or may not be part of it. */
  readonly secrets: readonly string[];
  readonly fingerprint: string | undefined;
}

/** The content that holds the credential; what else was in the file `before` stays. */
export function writeFormat(
  format: FileFormat,
  before: string | undefined,
  { ref, secret, fingerprint }: Delivered,
): string {
  if (format.format === 'raw') return secret.reveal();
  const values = {
    [format.usernameField]: ref.id,
    [format.secretField]: secret.reveal(),
    [format.fingerprintField]: fingerprint,
  };
  if (format.format === 'env') return writeEnv(before ?? '', values);
  const others = parseObject(before ?? '{}');
  if (others) return `${JSON.stringify({ ...others, ...values }, undefined, 2)}\n`;
  throw new KeyturnError('invalid_request', 'target: the file is expected to hold one JSON object');
}

export function readFormat({ format, secretField, fingerprintField }: FileFormat, content: string): Shown {
  if (format === 'raw') return { secrets: [content, content.replace(/\n$/, '')], fingerprint: undefined };
  const values = (format === 'env' ? readEnv(content) : parseObject(content)) ?? {};
  const [secret, fingerprint] = [values[secretField], values[fingerprintField]];
  return {
    secrets: typeof secret === 'string' ? [secret] : [],
    fingerprint: fingerprint === undefined ? undefined : typeof fingerprint === 'string' ? fingerprint : '',
  };
}

function parseObject(content: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(content));
  } catch {
    return undefined;
  }
}

const assignment = /^(?:export +)?([A-Za-z_]\w*)=(.*)$/;

function writeEnv(before: string, values: Readonly<Record<string, string>>): string {
  const kept = before.split('\n').filter((line) => line !== '' && !((assignment.exec(line)?.[1] ?? '') in values));
  return [...kept, ...Object.entries(values).map(([name, value]) => `${name}=${quote(value)}`), ''].join('\n');
}

/** Bare or in single quotes: shells, systemd and dotenv readers agree on these two alone. */
function quote(value: string): string {
  if (/^[\w@%+=:,./-]+$/.test(value)) return value;
  if (!/['\p{Cc}]/u.test(value)) return `'${value}'`;
  throw new KeyturnError('invalid_request', 'the env format holds no quotes and control characters', 'use format json');
}

function readEnv(content: string): Readonly<Record<string, string>> {
  const found = content.split('\n').map((line) => assignment.exec(line.replace(/\r$/, '')));
  return Object.fromEntries(found.flatMap((match) => (match ? [[match[1], unquote(match[2] ?? '')]] : [])));
}

function unquote(text: string): string {
  return /^'([^']*)'$/.exec(text)?.[1] ?? /^"([^"\\$`]*)"$/.exec(text)?.[1] ?? text;
}
