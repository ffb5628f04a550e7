import type { z } from 'zod';
import type { AuthorityPort } from './authorities.ts';
import type { ConsumerPort } from './consumers.ts';
import type { CredentialPort } from './credentials.ts';
import type { EntitlementPort } from './entitlements.ts';
import type { Fingerprint } from './references.ts';
import type { Secret } from './secret.ts';
import type { StorePort } from './stores.ts';

/** Everything a provider may touch besides its vendor's client. No environment, no store, no Temporal. */
export interface World {
  /** The name under which the worker's configuration lists this connection; it goes into every reference that is handed out. */
  readonly connection: string;
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => Date;
  readonly fingerprint: (secret: Secret) => Fingerprint;
}

/**
 * The adapter to one outside system. Its file exports one of these and nothing else, and is named after `kind`.
 *
 * `config` validates one connection of the worker's configuration; secrets in it arrive as {@link Secret}. `create` must not
 * connect: a provider meets its system first when a method is called.
 */
export interface Provider<Port, Config> {
  readonly kind: string;
  readonly config: z.ZodType<Config>;
  create(config: Config, world: World): Port;
}

/** The ports by the names under which the worker's configuration lists connections. */
export interface Ports {
  readonly credentials: CredentialPort;
  readonly consumers: ConsumerPort;
  readonly entitlements: EntitlementPort;
  readonly stores: StorePort;
  readonly authorities: AuthorityPort;
}

/** All providers a worker knows, by port and kind. `any` because each keeps its own configuration type to itself. */
export type Providers = {
  // oxlint-disable-next-line no-explicit-any
  readonly [Port in keyof Ports]: readonly Provider<Ports[Port], any>[];
};
