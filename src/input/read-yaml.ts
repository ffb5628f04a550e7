import { readFile } from 'node:fs/promises';
import { isAlias, isCollection, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, Node, YAMLError } from 'yaml';
import { KeyturnError } from '../contract/errors.ts';
import { invalidInput, type Path, type Problem, spell } from './problems.ts';

/** One file of YAML 1.2, as plain values, and where in the file each of them stands. */
export interface YamlFile {
  readonly file: string;
  readonly value: unknown;
  /** The one error that these problems are, each with line and column. */
  invalid(problems: readonly Problem[]): KeyturnError;
}

const mostBytes = 32 * 1024 * 1024;
/** High enough for ten thousand identities that share one block by an alias, low enough to stop an alias bomb. */
const mostAliases = 20_000;

/**
 * Reads and parses a file. Fails with `not_found` when there is none, and with `invalid_request` and every line and column
 * when it is not YAML; the parser's own text is left out, because it quotes the file, and the file may hold a secret.
 */
export async function readYaml(file: string): Promise<YamlFile> {
  return parseYaml(file, decode(file, await readBytes(file)));
}

export function parseYaml(file: string, text: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const place = (offset: number) => `${lines.linePos(offset).line}:${lines.linePos(offset).col}`;
  const unclear = [...new Set(document.errors.map((error) => `${place(error.pos[0])} ${explain(error)}`))];
  if (unclear.length > 0) throw invalidInput(file, unclear);
  const problemLine = ({ path, message }: Problem) =>
    `${place(offsetOf(document, path))} ${path.length === 0 ? 'the file' : spell(path)}: ${message}`;
  return {
    file,
    value: toPlain(file, document, place),
    invalid: (problems) => invalidInput(file, problems.map(problemLine)),
  };
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    const bytes = await readFile(file);
    if (bytes.length <= mostBytes) return bytes;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new KeyturnError('not_found', `there is no file ${file}`);
    if (code === 'EACCES') throw new KeyturnError('denied', `${file} may not be read by this user`);
    throw new KeyturnError('invalid_request', `${file} can't be read as a file (${code ?? 'unknown'})`);
  }
  throw new KeyturnError('invalid_request', `${file} is larger than ${mostBytes / 1024 / 1024} MiB`);
}

function decode(file: string, bytes: Buffer): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // oxlint-disable-next-line no-control-regex
    if (!/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text)) return text;
  } catch {
    // Not UTF-8: the same answer as for control characters.
  }
  throw invalidInput(file, ['the file: expected UTF-8 text without control characters, found binary data']);
}

function toPlain(file: string, document: Document, place: (offset: number) => string): unknown {
  const lost = aliasOfNothing(document);
  if (lost !== undefined) throw invalidInput(file, [`${place(lost)} ${explanations.BAD_ALIAS}`]);
  try {
    return document.toJS({ maxAliasCount: mostAliases });
  } catch {
    throw invalidInput(file, [`${place(0)} ${tooManyAliases}`]);
  }
}

/** Where the first alias stands whose anchor is not complete above it: a value inside itself would have no end. */
function aliasOfNothing(document: Document): number | undefined {
  const anchors = new Set<string>();
  let lost: number | undefined;
  visit(document, {
    Alias(_, alias, around) {
      const inside = around.some((node) => isCollection(node) && node.anchor === alias.source);
      if (anchors.has(alias.source) && !inside) return undefined;
      lost = startOf(alias);
      return visit.BREAK;
    },
    Value(_, { anchor }) {
      if (anchor) anchors.add(anchor);
    },
  });
  return lost;
}

/** Where the value at the path begins, or the innermost thing around it that exists. */
function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      offset = startOf(pair?.key) ?? offset;
      node = pair?.value;
    } else {
      node = isSeq(node) ? node.items[Number(part)] : undefined;
      offset = startOf(node) ?? offset;
    }
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

function explain({ code }: YAMLError): string {
  return explanations[code] ?? 'the file: expected YAML 1.2; this can not be parsed';
}

const tooManyAliases = 'the file: expected fewer aliases; they expand to more than any manifest needs';

const explanations: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'the file: expected spaces as indentation, found a tab',
  DUPLICATE_KEY: 'the file: expected each key once in a mapping, found one twice',
  MULTIPLE_DOCS: 'the file: expected one YAML document, found several',
  BAD_INDENT: 'the file: expected other indentation, or a closing bracket before this',
  BAD_ALIAS: 'the file: expected an alias of an anchor that is complete above it',
  MISSING_CHAR: 'the file: expected a closing quote, bracket or a separating sign before this',
  UNEXPECTED_TOKEN: 'the file: expected a key or value in YAML 1.2, found a sign that can not stand here',
  MULTILINE_IMPLICIT_KEY: 'the file: expected a key on one line; is a colon or quote missing?',
  BLOCK_AS_IMPLICIT_KEY: 'the file: expected a simple key or value; a nested mapping can not stand on this line',
  BAD_SCALAR_START: 'the file: expected a value; this sign can only begin a quoted one',
  BAD_DQ_ESCAPE: 'the file: expected an escape sequence that YAML 1.2 knows',
  RESOURCE_EXHAUSTION: 'the file: expected less nesting',
};
