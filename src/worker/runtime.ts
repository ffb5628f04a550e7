import { DefaultLogger, Runtime, type LogLevel } from '@temporalio/worker';
import { pino, type Logger } from 'pino';
import { metricsPort } from './health.ts';

export type Log = Pick<Logger, 'info' | 'warn' | 'error' | 'debug'>;

const levels: Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/**
 * One log for everything: workflows, activities and the SDK's core write JSON lines to standard error, with the ids of their
 * run. To be called once, before the first connection. Metrics are collected for `/metrics`.
 */
export function installRuntime(level = process.env['KEYTURN_LOG_LEVEL'] ?? 'info'): Log {
  const log = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
  const logger = new DefaultLogger('INFO', ({ level: severity, message, meta }) =>
    log[levels[severity]](readable(meta), message),
  );
  Runtime.install({
    logger,
    telemetryOptions: {
      logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } },
      metrics: { prometheus: { bindAddress: `127.0.0.1:${metricsPort()}` } },
    },
    shutdownSignals: ['SIGINT', 'SIGTERM', 'SIGQUIT'],
  });
  return log;
}

/** An error in the ids of a log line would be printed with all that hangs on it; its name and our own words are enough. */
function readable(meta: Record<string | symbol, unknown> | undefined): Record<string, unknown> {
  if (!meta) return {};
  const { error, ...rest } = meta;
  return error instanceof Error ? { ...rest, error: error.name, because: error.message } : rest;
}
