#!/usr/bin/env node
import { CommanderError } from 'commander';
import { exits } from './cli/exits.ts';
import { keyturnProgram } from './cli/program.ts';
import { Session } from './cli/session.ts';
import { KeyturnError } from './contract/errors.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader of a pipe has seen enough.
  if (error.code === 'EPIPE') process.exit(exits.done);
  throw error;
});

try {
  await keyturnProgram().parseAsync();
} catch (error) {
  process.exitCode = usage(error);
}
// A worker that could not start leaves threads behind, which would keep the process. What was written is let out first.
process.stdout.write('', () => process.stderr.write('', () => process.exit()));

/** Help and version end well; every other end of the parser is bad usage. */
function usage(error: unknown): number {
  if (!(error instanceof CommanderError)) throw error;
  if (error.exitCode === 0) return exits.done;
  const { code, message } = error;
  const words = code === 'commander.help' ? 'expected a verb' : message.replace(/^error: /, '');
  return new Session({ json: process.argv.includes('--json') }).fail(
    new KeyturnError('invalid_request', words, 'keyturn --help, or keyturn VERB --help'),
  );
}
