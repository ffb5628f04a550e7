import { poll } from '../src/activities/poll.ts';
import { consumerPort, credentialPort, type ActivityWorld } from '../src/activities/world.ts';
import type { MintedHere } from '../src/contract/credentials.ts';
import type { Credential, CredentialRef, StoredSecret } from '../src/contract/references.ts';
import { Secret } from '../src/contract/secret.ts';
import type { Verdict } from '../src/contract/verdict.ts';
import { bringUp } from './bring-up.ts';

/** What one rotation starts from, where nobody keeps a record of it. */
export interface BareRequest {
  readonly identity: string;
  readonly operation: string;
  readonly consumers: readonly string[];
  readonly old: Credential;
}

type Of<More> = Pick<BareRequest, 'identity' | 'operation'> & More;

const call = { signal: new AbortController().signal, progress: () => {} };
const patience = { within: 5_000, successes: 2 };

/** The calls to the providers that a rotation consists of, with nothing around them. The minimal workflow's activities. */
export function providerCalls(world: ActivityWorld) {
  const port = ({ connection }: CredentialRef) => credentialPort(world, connection);
  const clear = ({ secret }: Credential) => world.store.get(secret.ref, call);
  const verify = async (credential: Credential, spoiled = false) => {
    const secret = await clear(credential);
    return port(credential.ref).verify(credential.ref, spoiled ? secret.spoiled() : secret, call);
  };
  return {
    seal: ({ identity, operation, old }: Of<{ old: Credential }>): Promise<StoredSecret> =>
      world.store.put(identity, mintOf(world, old).draw(), undefined, { ...call, operation }),

    install: async ({ operation, old, secret }: Of<{ old: Credential; secret: StoredSecret }>): Promise<Credential> => {
      const drawn = await world.store.get(secret.ref, call);
      return { ref: await mintOf(world, old).install(old.ref.account, drawn, old.ref, { ...call, operation }), secret };
    },

    async prove(credential: Credential): Promise<void> {
      insist(await poll(() => verify(credential), patience, call), 'yes');
      insist(await verify(credential, true), 'no');
    },

    async deliver({ operation, consumer, to }: Of<{ consumer: string; to: Credential }>): Promise<void> {
      const delivered = { ref: to.ref, secret: await clear(to), fingerprint: to.secret.fingerprint };
      await machine(world, consumer).deliver('', delivered, { ...call, operation });
    },

    apply: async ({ operation, consumer }: Of<{ consumer: string }>): Promise<void> =>
      machine(world, consumer).apply?.('', { ...call, operation }),

    async verifyConsumer({ consumer, on }: { consumer: string; on: Credential }): Promise<void> {
      const at = machine(world, consumer);
      insist(await at.verify('', on.secret.fingerprint, call), 'yes');
      insist(await at.verify('', world.fingerprint(new Secret(crypto.randomUUID())), call), 'no');
    },

    tell: ({ identity, operation }: Of<object>): Promise<void> =>
      world.notify({ identity, operation, kind: 'gate-opened', text: 'retire the old one?', to: [] }),

    disable: async ({ operation, old }: Of<{ old: Credential }>): Promise<void> =>
      port(old.ref).suspension?.disable(old.ref, { ...call, operation }),

    revoke: ({ operation, old }: Of<{ old: Credential }>): Promise<void> =>
      port(old.ref).revoke(old.ref, { ...call, operation }),

    async proveRefused({ old, fresh }: { old: Credential; fresh: Credential }): Promise<void> {
      const asked = async (): Promise<Verdict> => {
        const verdict = await verify(old);
        return { ...verdict, is: verdict.is === 'no' ? 'yes' : 'no' };
      };
      insist(await poll(asked, patience, call), 'yes');
      insist(await verify(fresh), 'yes');
    },
  };
}

export type ProviderCalls = ReturnType<typeof providerCalls>;

/** The same calls one after the other, without Temporal, and so without a person to wait for. */
export async function rotateBare(calls: ProviderCalls, request: BareRequest): Promise<Credential> {
  const { identity, operation, consumers, old } = request;
  const of = { identity, operation };
  const fresh = await bringUp(calls, request);
  await calls.disable({ ...of, old });
  await Promise.all(consumers.map((consumer) => calls.verifyConsumer({ consumer, on: fresh })));
  await calls.revoke({ ...of, old });
  await calls.proveRefused({ old, fresh });
  return fresh;
}

function mintOf(world: ActivityWorld, { ref }: Credential): MintedHere {
  const { mint } = credentialPort(world, ref.connection);
  if (mint.at !== 'home') throw new TypeError('the bench draws its secrets itself');
  return mint;
}

function machine(world: ActivityWorld, consumer: string) {
  const port = consumerPort(world, consumer);
  if (port.by === 'person') throw new TypeError('the bench has no consumer that a person moves');
  return port;
}

function insist({ is, because }: Verdict, wanted: Verdict['is']): void {
  if (is !== wanted) throw new Error(`expected ${wanted}: ${because}`);
}
