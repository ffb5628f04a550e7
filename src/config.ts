import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import type { KeyRing } from './codec/key-ring.ts';
import { makeConnections, type SharedWorld, type WorkerPorts } from './config/connections.ts';
import { clientSections, workerSections } from './config/sections.ts';
import { resolveSecrets } from './config/secret-references.ts';
import type { Providers } from './contract/provider.ts';
import { Secret } from './contract/secret.ts';
import { fingerprintWith } from './fingerprint.ts';
import { check, type Problem } from './input/problems.ts';
import { readYaml } from './input/read-yaml.ts';
import { temporalConnection, type TemporalConnection } from './temporal-connection.ts';

/** Everything a worker is told, parsed once. Secrets in it print as `[secret]`. */
export interface Config {
  readonly temporal: TemporalConnection;
  readonly fingerprintKey: Secret;
  readonly codec?: KeyRing;
  readonly ports: WorkerPorts;
  /** A webhook's URL often is its password, so it is held as one. */
  readonly notify?: { readonly webhook: Secret };
  readonly http?: { readonly port: number; readonly host: string };
}

/** What a client takes from the same file: the name of Temporal's profile and the keys of the codec. */
export interface ClientConfig {
  readonly profile?: string;
  readonly codec?: KeyRing;
}

/** The file's path from `--config` or else `KEYTURN_CONFIG`; `undefined` when neither is there. */
export function configPath(option: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  return option ?? (env['KEYTURN_CONFIG'] || undefined);
}

/**
 * Reads the worker's configuration and makes its ports; nothing is connected to yet. Paths in the file are relative to its
 * folder. Fails with all problems at once, each with line, column, path and what is expected; values are never in an error.
 */
export async function loadConfig(path: string, env: NodeJS.ProcessEnv, providers: Providers): Promise<Config> {
  const file = await readYaml(path);
  const resolved = resolveSecrets(file.value, { env, folder: dirname(resolve(path)) });
  const parsed = check(workerSections, resolved.value);
  const connections = makeConnections(resolved.value, providers, worldOf(parsed.value?.fingerprintKey));
  const problems = oncePerPath([...resolved.problems, ...parsed.problems, ...connections.problems]);
  const { store, ...others } = connections.ports;
  if (!parsed.value || !store || problems.length > 0) throw file.invalid(problems);
  return {
    ...present(parsed.value),
    temporal: temporalConnection(parsed.value.temporal, env),
    ports: { ...others, store },
  };
}

/** Reads what a client needs; all other sections may be absent, and their secrets are not touched. */
export async function loadClientConfig(path: string, env: NodeJS.ProcessEnv): Promise<ClientConfig> {
  const file = await readYaml(path);
  const { temporal, codec } = Object(file.value) as Record<string, unknown>;
  const resolved = resolveSecrets({ temporal, codec }, { env, folder: dirname(resolve(path)) });
  const parsed = check(clientSections, resolved.value);
  const problems = oncePerPath([...resolved.problems, ...parsed.problems]);
  if (!parsed.value || problems.length > 0) throw file.invalid(problems);
  const { profile } = parsed.value.temporal;
  return { ...(profile && { profile }), ...(parsed.value.codec && { codec: parsed.value.codec }) };
}

function worldOf(fingerprintKey: Secret | undefined): SharedWorld {
  return {
    fetch: globalThis.fetch,
    now: () => new Date(),
    fingerprint: fingerprintWith(fingerprintKey ?? new Secret('')),
  };
}

function present({ fingerprintKey, codec, notify, http }: z.output<typeof workerSections>) {
  return { fingerprintKey, ...(codec && { codec }), ...(notify && { notify }), ...(http && { http }) };
}

/** A secret that could not be read is said once, and not again by the schema that meets the empty one in its place. */
function oncePerPath(problems: readonly Problem[]): Problem[] {
  const paths = problems.map(({ path }) => JSON.stringify(path));
  return problems.filter((_, at) => paths.indexOf(paths[at]!) === at);
}
