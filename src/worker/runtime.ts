import { DefaultLogger, Runtime, type LogLevel } from '@temporalio/worker';
import { pino, type Logger } from 'pino';

export type Log = Pick<Logger, 'info' | 'warn' | 'error' | 'debug'>;

const levels: Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

const draws = 20;

/** Above the ports that Linux gives to connections on their way out. */
const drawn = (): number => 61_000 + Math.floor(Math.random() * 4_500);

let port: number | undefined;

/** The loopback port on which the SDK's core shows its metrics; none before the runtime was installed. */
export const metricsPort = (): number | undefined => port;

/**
 * One log for everything: workflows, activities and the SDK's core write JSON lines to standard error, with the ids of their
 * run. To be called once, before the first connection. Metrics are collected for `/metrics`, on a port that nothing else has:
 * `draw` names one to try.
 */
export function installRuntime(draw = drawn, level = process.env['KEYTURN_LOG_LEVEL'] ?? 'info'): Log {
  const log = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
  const logger = new DefaultLogger('INFO', ({ level: severity, message, meta }) =>
    log[levels[severity]](readable(meta), message),
  );
  for (let left = draws; ; left -= 1) {
    port = draw();
    try {
      install(logger, port);
      return log;
    } catch (error) {
      if (left === 1 || !/address already in use/i.test(String(error))) throw error;
    }
  }
}

function install(logger: DefaultLogger, metrics: number): void {
  Runtime.install({
    logger,
    telemetryOptions: {
      logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } },
      metrics: { prometheus: { bindAddress: `127.0.0.1:${metrics}` } },
    },
    shutdownSignals: ['SIGINT', 'SIGTERM', 'SIGQUIT'],
  });
}

/** An error in the ids of a log line would be printed with all that hangs on it; its name and our own words are enough. */
function readable(meta: Record<string | symbol, unknown> | undefined): Record<string, unknown> {
  if (!meta) return {};
  const { error, ...rest } = meta;
  return error instanceof Error ? { ...rest, error: error.name, because: error.message } : rest;
}
