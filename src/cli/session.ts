import type { Command } from 'commander';
import type { KeyturnClient } from '../client.ts';
import { configPath, loadClientConfig } from '../config.ts';
import { KeyturnError } from '../contract/errors.ts';
import { type Exit, exitOf, exits } from './exits.ts';
import { Terminal } from './terminal.ts';

/** The options that every verb takes. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly config?: string;
  readonly profile?: string;
  readonly namespace?: string;
  readonly address?: string;
  /** Only of verbs in which a person acts. */
  readonly as?: string;
}

/** One call of one verb: its options, its connection once it asks for one, and its one result. */
export class Session {
  readonly options: GlobalOptions;
  readonly terminal: Terminal;
  /** What goes on when the person interrupts; said then. */
  leaves: string | undefined;
  #client: Promise<KeyturnClient> | undefined;

  constructor(options: GlobalOptions) {
    this.options = options;
    this.terminal = new Terminal(options.json === true);
  }

  /** Connects at the first call. The keys of the codec come from `--config` or `KEYTURN_CONFIG`. */
  client(): Promise<KeyturnClient> {
    this.#client ??= this.#connect();
    return this.#client;
  }

  /** The one result: a JSON document, or the same in lines for a person. */
  result(document: object, lines: readonly string[]): void {
    if (this.options.json) process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    else for (const line of lines) this.terminal.say(line);
  }

  /** Says what went wrong, on stderr, and with `--json` as the document too. */
  fail(error: unknown): Exit {
    const known = error instanceof KeyturnError ? error : undefined;
    const message =
      known?.message ?? `unexpected: ${error instanceof Error ? (error.stack ?? error.message) : 'no error'}`;
    const { code, hint } = known ?? { code: 'unexpected', hint: undefined };
    if (this.options.json) this.result({ error: { code, message, ...(hint && { hint }) } }, []);
    this.terminal.complain(message, hint);
    return known ? exitOf[known.code] : exits.unfinished;
  }

  async close(): Promise<void> {
    await this.#client?.then(
      (client) => client.close(),
      () => undefined,
    );
  }

  async #connect(): Promise<KeyturnClient> {
    const { profile, namespace, address, config, as } = this.options;
    const path = configPath(config, process.env);
    const file = path === undefined ? {} : await loadClientConfig(path, process.env);
    // The client of Temporal takes a third of a second to load: only for verbs that talk to it.
    const { KeyturnClient: Connected } = await import('../client.ts');
    return Connected.connect({
      namespace,
      address,
      codec: file.codec,
      profile: profile ?? file.profile,
      identity: as ?? process.env['KEYTURN_AS'],
    });
  }
}

/** Who acts, from `--as` or `KEYTURN_AS`. The login of the machine is no answer: it is often shared, and never a mail address. */
export function person(as: string | undefined): string {
  const found = as ?? process.env['KEYTURN_AS'];
  if (found) return found;
  throw new KeyturnError(
    'invalid_request',
    'who are you? Decisions and requests bear a name',
    'give --as NAME, or set KEYTURN_AS',
  );
}

/**
 * Makes a verb of a command: `act` gives the exit code, 0 when it gives none; what it throws is said and mapped. An interrupt
 * ends it at once with 130, unless the verb runs something that stops in its own way.
 */
export function verb<Args extends unknown[], Options extends object>(
  command: Command,
  act: (session: Session, args: Args, options: Options) => Promise<Exit | undefined | void>,
  { stopsItself = false } = {},
): Command {
  return command.action(async () => {
    const session = new Session(command.optsWithGlobals<GlobalOptions>());
    const interrupt = () => {
      session.terminal.complain('interrupted', session.leaves);
      process.exit(exits.interrupted);
    };
    if (!stopsItself) process.once('SIGINT', interrupt);
    try {
      process.exitCode = (await act(session, command.processedArgs as Args, command.opts<Options>())) ?? exits.done;
    } catch (error) {
      process.exitCode = session.fail(error);
    } finally {
      await session.close();
      process.off('SIGINT', interrupt);
    }
  });
}
