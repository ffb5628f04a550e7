import type { AuthorityPort } from '../contract/authorities.ts';
import type { ConsumerPort } from '../contract/consumers.ts';
import type { CredentialPort } from '../contract/credentials.ts';
import type { EntitlementPort } from '../contract/entitlements.ts';
import { KeyturnError } from '../contract/errors.ts';
import type { IdentityRecord } from '../contract/identity.ts';
import type { Closing, Holder, Opened, Succession } from '../contract/lifecycle.ts';
import type { Fingerprint } from '../contract/references.ts';
import type { Secret } from '../contract/secret.ts';
import type { StorePort } from '../contract/stores.ts';

/** What the activities of one worker act upon. `worker.ts` builds it from configuration, tests from memory. */
export interface ActivityWorld {
  readonly credentials: ReadonlyMap<string, CredentialPort>;
  readonly consumers: ReadonlyMap<string, ConsumerPort>;
  readonly entitlements: ReadonlyMap<string, EntitlementPort>;
  readonly authorities: ReadonlyMap<string, AuthorityPort>;
  readonly store: StorePort;
  readonly fingerprint: (secret: Secret) => Fingerprint;
  readonly lifecycles: Lifecycles;
  readonly notify: (notice: Notice) => Promise<void>;
}

/** The way from an activity to the lifecycle workflow of an identity, and to the question whether a run still runs. */
export interface Lifecycles {
  open(identity: string, holder: Holder): Promise<Opened>;
  note(identity: string, succession: Succession): Promise<void>;
  close(identity: string, closing: Closing): Promise<void>;
  /** What the lifecycle knows; `unknown_identity` where it was never declared. */
  recordOf(identity: string): Promise<IdentityRecord>;
  /** The ids of all identities that this owner answers for. */
  ownedBy(owner: string): Promise<readonly string[]>;
  /** The operation that holds the identity now, or undefined. */
  holderOf(identity: string): Promise<string | undefined>;
  /** Ends whatever would start an operation over the identity by itself. None is done. */
  endSchedules(identity: string): Promise<void>;
  /** Whether the operation goes on, in the run that took the hold or in one that a reset made of it. */
  isRunning(holder: Holder): Promise<boolean>;
}

export interface Notice {
  readonly identity: string;
  readonly operation: string;
  readonly kind: 'gate-opened' | 'reminder' | 'escalation' | 'ended' | 'overdue' | 'deadline' | 'reopened';
  readonly text: string;
  readonly to: readonly string[];
}

export function credentialPort(world: ActivityWorld, connection: string): CredentialPort {
  return world.credentials.get(connection) ?? unknownConnection('credential', connection, world.credentials);
}

export function consumerPort(world: ActivityWorld, connection: string): ConsumerPort {
  return world.consumers.get(connection) ?? unknownConnection('consumer', connection, world.consumers);
}

export function entitlementPort(world: ActivityWorld, connection: string): EntitlementPort {
  return world.entitlements.get(connection) ?? unknownConnection('entitlement', connection, world.entitlements);
}

export function authorityPort(world: ActivityWorld, connection: string): AuthorityPort {
  return world.authorities.get(connection) ?? unknownConnection('authority', connection, world.authorities);
}

/** Whether credentials of this connection are certificates. */
export function isAuthority({ authorities, credentials }: ActivityWorld, connection: string): boolean {
  return authorities.has(connection) && !credentials.has(connection);
}

function unknownConnection(port: string, name: string, known: ReadonlyMap<string, unknown>): never {
  throw new KeyturnError(
    'invalid_request',
    `no ${port} connection is called "${name}" in this worker's configuration`,
    `it knows ${[...known.keys()].join(', ') || 'none'}`,
  );
}
