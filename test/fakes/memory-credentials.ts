import { randomBytes } from 'node:crypto';
import type { CredentialPort, CredentialState } from '../../src/contract/credentials.ts';
import { KeyturnError } from '../../src/contract/errors.ts';
import type { CredentialRef } from '../../src/contract/references.ts';
import { Secret } from '../../src/contract/secret.ts';

export interface MemoryCredential {
  readonly id: string;
  secret: string;
  status: 'live' | 'disabled';
  readonly createdAt: string;
  usedAt: string;
}

/**
 * A credential system in memory with the three shapes that real ones have. It is as strict as they are: a disabled or
 * changed credential is refused, a full account takes no more, and what it was told is what it did.
 */
export class MemoryCredentials {
  readonly connection: string;
  readonly shape: 'overlap' | 'alternate' | 'in-place';
  readonly credentials: MemoryCredential[] = [];
  /** Answers to every login while set: an outage, a proxy's page, or a system that is slow to believe. */
  login: ((id: string, secret: string) => 'yes' | 'no' | 'unknown' | undefined) | undefined;
  /** What this system's clock says, RFC 3339, where it keeps the time at which a credential was issued. */
  clock: (() => string) | undefined;
  #made = 0;

  constructor(connection: string, shape: MemoryCredentials['shape']) {
    this.connection = connection;
    this.shape = shape;
  }

  /** One credential that exists before Keyturn comes: made by somebody else. */
  add(id: string, secret: string, createdAt = '2020-01-01T00:00:00Z'): MemoryCredential {
    const made = { id, secret, status: 'live' as const, createdAt, usedAt: 'never' };
    this.credentials.push(made);
    return made;
  }

  accepts(id: string, secret: string): boolean {
    return this.credentials.some((each) => each.id === id && each.secret === secret && each.status === 'live');
  }

  use(id: string, secret: string): boolean {
    const found = this.credentials.find((each) => each.id === id && each.secret === secret && each.status === 'live');
    if (found) found.usedAt = new Date().toISOString();
    return found !== undefined;
  }

  port(): CredentialPort {
    const { shape, connection } = this;
    const shared: Omit<CredentialPort, 'mint'> = {
      maxLive: shape === 'in-place' ? 1 : 2,
      list: async (account) => this.credentials.map((each) => this.#state(account, each)),
      verify: async ({ id }, secret) => {
        const said = this.login?.(id, secret.reveal()) ?? (this.use(id, secret.reveal()) ? 'yes' : 'no');
        return { is: said, because: `login as ${id}: ${said}`, at: new Date().toISOString() };
      },
      revoke: async ({ id }) => {
        const at = this.credentials.findIndex((each) => each.id === id);
        if (at >= 0) this.credentials.splice(at, 1);
      },
      lastUse: async ({ id }) => ({
        at: this.credentials.find((each) => each.id === id)?.usedAt ?? 'unknown',
        lagSeconds: 0,
      }),
      preflight: async () => ({ is: 'yes', because: 'rights are in order', at: new Date().toISOString() }),
    };
    if (shape === 'overlap') {
      return {
        ...shared,
        suspension: this.#suspension(),
        mint: { at: 'provider', issue: async (account) => this.#issue(account) },
      };
    }
    const install = async (account: string, secret: Secret, replacing: CredentialRef | undefined) => {
      const id = shape === 'in-place' ? account : replacing?.id === `${account}_a` ? `${account}_b` : `${account}_a`;
      const there = this.credentials.find((each) => each.id === id);
      if (there) Object.assign(there, { secret: secret.reveal(), status: 'live' });
      else this.add(id, secret.reveal(), new Date().toISOString());
      return { connection, account, id };
    };
    return {
      ...shared,
      ...(shape === 'alternate' ? { suspension: this.#suspension(), endSessions: async () => {} } : {}),
      mint: {
        at: 'home',
        draw: () => new Secret(randomBytes(24).toString('base64url')),
        install,
        find: async (account, secret) => {
          const found = this.credentials.find((each) => each.secret === secret.reveal());
          return found && { connection, account, id: found.id };
        },
      },
    };
  }

  #issue(account: string) {
    if (this.credentials.length >= 2) throw new KeyturnError('limit_reached', 'two credentials exist already');
    this.#made += 1;
    const made = this.add(
      `KEY${this.#made}${randomBytes(3).toString('hex')}`,
      randomBytes(24).toString('base64url'),
      // Tests skip time, so the clock of this system and that of the workflow are years apart.
      this.clock?.() ?? 'unknown',
    );
    return { ref: { connection: this.connection, account, id: made.id }, secret: new Secret(made.secret) };
  }

  #suspension() {
    const become = (status: MemoryCredential['status']) => async (ref: CredentialRef) => {
      const found = this.credentials.find((each) => each.id === ref.id);
      if (found) found.status = status;
    };
    return { disable: become('disabled'), enable: become('live') };
  }

  #state(account: string, { id, status, createdAt }: MemoryCredential): CredentialState {
    return { ref: { connection: this.connection, account, id }, status, createdAt };
  }
}
