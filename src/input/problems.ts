import { z } from 'zod';
import { KeyturnError } from '../contract/errors.ts';
import { Secret } from '../contract/secret.ts';

export type Path = readonly PropertyKey[];

/** One thing that is wrong in a file: where, and what was expected there. Never the value found, which may be a secret. */
export interface Problem {
  readonly path: Path;
  readonly message: string;
}

/** Parses with a schema and gives either the value or every problem, with paths that begin at `under`. */
export function check<Value>(
  schema: z.ZodType<Value>,
  raw: unknown,
  under: Path = [],
): { value: Value; problems: [] } | { value: undefined; problems: Problem[] } {
  const parsed = schema.safeParse(raw, { error: describe });
  if (parsed.success) return { value: parsed.data, problems: [] };
  return { value: undefined, problems: parsed.error.issues.flatMap((issue) => split(issue, under)) };
}

/** The path as people write it: `identities[0].gates.retirement`. */
export function spell(path: Path): string {
  return path
    .map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at === 0 ? '' : '.'}${String(part)}`))
    .join('');
}

/** The one error that a file or request with any number of problems becomes. */
export function invalidInput(what: string, lines: readonly string[]): KeyturnError {
  const count = lines.length === 1 ? '1 problem' : `${lines.length} problems`;
  return new KeyturnError('invalid_request', [`${count} in ${what}`, ...lines.map((line) => `  ${line}`)].join('\n'));
}

/** An unknown key is a problem of its own, at the key. */
function split(issue: z.core.$ZodIssue, under: Path): Problem[] {
  const path = [...under, ...issue.path];
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  return issue.keys.map((key) => ({ path: [...path, key], message: issue.message }));
}

const describe: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${kindOf(issue.expected)}, ${found(issue.input)}`;
    case 'invalid_value':
      return `expected ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}, ${found(issue.input)}`;
    case 'unrecognized_keys':
      return `is not a known field; expected ${knownFields(issue.inst)}`;
    case 'too_small':
      return `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `expected ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unitOf(issue.origin)}`;
    case 'invalid_format':
      return issue.format === 'regex' ? `expected text that matches ${issue.pattern}` : `expected ${issue.format} text`;
    case 'invalid_key':
      return issue.issues.map(({ message }) => `the name is not one: ${message}`).join('; ');
    case 'invalid_union':
      return `expected one of the forms that are known here, ${found(issue.input)}`;
    case 'invalid_element':
    case 'not_multiple_of':
    case 'custom':
    default:
      return 'expected another value';
  }
};

function kindOf(expected: string): string {
  if (expected === 'Secret') return '{ env: NAME } or { file: PATH }';
  if (expected === 'object' || expected === 'record') return 'a mapping of fields';
  if (expected === 'array') return 'a list';
  if (expected === 'string') return 'text';
  if (expected === 'int') return 'a whole number';
  return expected === 'boolean' ? 'true or false' : `a ${expected}`;
}

function found(input: unknown): string {
  if (input === undefined || input === null) return 'it is missing';
  if (input instanceof Secret) return 'found a secret';
  if (Array.isArray(input)) return 'found a list';
  if (typeof input === 'object') return 'found a mapping';
  return typeof input === 'string' ? 'found other text' : `found a ${typeof input}`;
}

function knownFields(inst: unknown): string {
  const shape = inst instanceof z.ZodObject ? Object.keys(inst.shape) : [];
  return shape.length === 0 ? 'no fields here' : `one of ${shape.join(', ')}`;
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' || origin === 'object' || origin === 'record' ? ' entries' : '';
}
