import { loadClientConnectConfig } from '@temporalio/envconfig';
import { KeyturnError } from './contract/errors.ts';

/** How to reach Temporal: `connectionOptions` suit both the client's connection and the worker's native one. */
export interface TemporalConnection {
  readonly connectionOptions: ReturnType<typeof loadClientConnectConfig>['connectionOptions'] & {
    readonly address: string;
  };
  readonly namespace: string;
}

/**
 * Resolves Temporal's own environment configuration (`temporal.toml` profiles, `TEMPORAL_*` variables); `address` and
 * `namespace` given here win over it. Fails with `invalid_request` on a profile that does not exist or a malformed file.
 *
 * @see https://docs.temporal.io/develop/environment-configuration
 */
export function temporalConnection(
  wanted: { profile?: string | undefined; address?: string | undefined; namespace?: string | undefined },
  env: NodeJS.ProcessEnv,
): TemporalConnection {
  const { connectionOptions, namespace } = load(wanted.profile, env);
  return {
    connectionOptions: {
      ...connectionOptions,
      address: wanted.address ?? connectionOptions.address ?? 'localhost:7233',
    },
    namespace: wanted.namespace ?? namespace ?? 'default',
  };
}

function load(profile: string | undefined, env: NodeJS.ProcessEnv) {
  try {
    return loadClientConnectConfig({ ...(profile && { profile }), overrideEnvVars: defined(env) });
  } catch {
    // The library's own text may quote the file, and the file may hold an API key.
    throw new KeyturnError(
      'invalid_request',
      `Temporal's environment configuration has no usable profile ${JSON.stringify(profile ?? env['TEMPORAL_PROFILE'] ?? 'default')}`,
      'try it with: temporal config get, or name the file in TEMPORAL_CONFIG_FILE',
    );
  }
}

function defined(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
