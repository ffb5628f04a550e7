import type { AuthorityPort } from '../contract/authorities.ts';
import type { ConsumerPort } from '../contract/consumers.ts';
import type { CredentialPort } from '../contract/credentials.ts';
import type { EntitlementPort } from '../contract/entitlements.ts';
import type { Provider, Providers, World } from '../contract/provider.ts';
import type { StorePort } from '../contract/stores.ts';
import { check, type Path, type Problem } from '../input/problems.ts';

/** The ports that a worker has, by the names its configuration gives to connections. */
export interface WorkerPorts {
  readonly credentials: ReadonlyMap<string, CredentialPort>;
  readonly consumers: ReadonlyMap<string, ConsumerPort>;
  readonly entitlements: ReadonlyMap<string, EntitlementPort>;
  readonly store: StorePort;
  readonly authorities: ReadonlyMap<string, AuthorityPort>;
}

/** What all connections share; each also learns its own name. */
export type SharedWorld = Omit<World, 'connection'>;

/** The ports that could be made, and why others could not. */
export interface Connections {
  readonly ports: Omit<WorkerPorts, 'store'> & { readonly store: StorePort | undefined };
  readonly problems: readonly Problem[];
}

/**
 * Makes a port for every connection in the file, each checked by its provider's own schema. Nothing is connected to. What is
 * no section at all is left to the schema of the whole file. The one store is called `store`.
 */
export function makeConnections(raw: unknown, providers: Providers, world: SharedWorld): Connections {
  const problems: Problem[] = [];
  // oxlint-disable-next-line no-explicit-any
  const make = <Port>(known: readonly Provider<Port, any>[], section: unknown, under: Path): Port | undefined => {
    const made = makePort(known, section, under, world);
    problems.push(...made.problems);
    return made.port;
  };
  // oxlint-disable-next-line no-explicit-any
  const makeAll = <Port>(known: readonly Provider<Port, any>[], under: Exclude<keyof WorkerPorts, 'store'>) =>
    new Map(
      Object.entries(mapping(mapping(raw)[under])).flatMap(([key, section]): [string, Port][] => {
        const port = make(known, section, [under, key]);
        return port ? [[key, port]] : [];
      }),
    );
  const ports = {
    credentials: makeAll(providers.credentials, 'credentials'),
    consumers: makeAll(providers.consumers, 'consumers'),
    entitlements: makeAll(providers.entitlements, 'entitlements'),
    store: make(providers.stores, mapping(raw)['store'], ['store']),
    authorities: makeAll(providers.authorities, 'authorities'),
  };
  return { ports, problems };
}

// oxlint-disable-next-line no-explicit-any
function makePort<Port>(known: readonly Provider<Port, any>[], section: unknown, under: Path, world: SharedWorld) {
  const { provider: kind, ...rest } = mapping(section);
  if (typeof kind !== 'string') return { port: undefined, problems: [] };
  const provider = known.find((candidate) => candidate.kind === kind);
  if (!provider) {
    const kinds = known.map((candidate) => candidate.kind).join(', ') || 'none';
    const message = `expected a provider that this worker has, found "${kind.slice(0, 60)}"; it has ${kinds}`;
    return { port: undefined, problems: [{ path: [...under, 'provider'], message }] };
  }
  const { value, problems } = check(provider.config, rest, under);
  return {
    port: problems.length === 0 ? provider.create(value, { ...world, connection: String(under.at(-1)) }) : undefined,
    problems,
  };
}

function mapping(raw: unknown): Record<string, unknown> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? (raw as Record<string, unknown>) : {};
}
