import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { applyVerb } from './apply.ts';
import { completionVerb } from './completion.ts';
import { containVerb, reopenVerb } from './contain.ts';
import { decideVerb } from './decide.ts';
import { devVerb } from './dev.ts';
import { gatesVerb } from './gates.ts';
import { offboardOwnerVerb, offboardVerb } from './offboard.ts';
import { planVerb } from './plan.ts';
import { reissueVerb } from './reissue.ts';
import { rotateVerb } from './rotate.ts';
import { schemaVerb } from './schema.ts';
import { setupVerb } from './setup.ts';
import { statusVerb } from './status.ts';
import { workerVerb } from './worker.ts';

/** The whole `keyturn` command: its verbs, and the options that all of them take. It throws where commander would exit. */
export function keyturnProgram(): Command {
  const program = new Command('keyturn')
    .description(
      'Rotates, reissues, contains and offboards credentials as durable Temporal workflows: proven, confirmed by a person, and shown to be refused.',
    )
    .version(version(), '--version')
    .option('--json', 'one JSON document on stdout, nothing else')
    .option(
      '--config <file>',
      'keyturn.worker.yaml: the worker; for other verbs its codec keys; default: KEYTURN_CONFIG',
    )
    .option('--profile <name>', "a profile of Temporal's temporal.toml; default: TEMPORAL_PROFILE")
    .option('--namespace <name>', 'the Temporal namespace; default: TEMPORAL_NAMESPACE')
    .option('--address <host:port>', 'where Temporal is; default: TEMPORAL_ADDRESS')
    .addHelpText('after', exitCodes);
  const verbs = [
    applyVerb(),
    planVerb(),
    rotateVerb(),
    reissueVerb(),
    containVerb(),
    reopenVerb(),
    offboardVerb(),
    offboardOwnerVerb(),
    gatesVerb(),
    decideVerb('approve'),
    decideVerb('reject'),
    statusVerb(),
    workerVerb(),
    setupVerb(),
    schemaVerb(),
    completionVerb(program),
    devVerb(),
  ];
  for (const each of verbs) program.addCommand(each);
  for (const each of [program, ...program.commands]) {
    each
      .exitOverride()
      .configureOutput({ outputError: () => undefined })
      .configureHelp({ showGlobalOptions: true });
  }
  return program;
}

const exitCodes = `
Exit codes:
  0    done
  1    the operation ended without completing: rolled back, or failed
  2    bad input: usage, a malformed file, an unknown identity or operation
  3    Temporal or the workers can't be reached, or gave no answer
  4    refused: denied, busy, or contained
  5    --wait without a terminal: waiting at a gate
  130  interrupted; the operation goes on
`;

function version(): string {
  // Compiled files lie one folder deeper, in dist.
  const root = import.meta.url.endsWith('.ts') ? '../../package.json' : '../../../package.json';
  const { version: found } = JSON.parse(readFileSync(new URL(root, import.meta.url), 'utf8')) as { version: string };
  return found;
}
