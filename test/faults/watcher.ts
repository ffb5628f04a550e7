import type { SigningRequest } from '../../src/contract/authorities.ts';
import type { Closing } from '../../src/contract/lifecycle.ts';
import type { CredentialRef, SecretRef } from '../../src/contract/references.ts';
import type { Secret } from '../../src/contract/secret.ts';
import type { Verdict } from '../../src/contract/verdict.ts';
import { MemoryCertificates } from '../fakes/memory-certificates.ts';
import type { MemoryWorld } from '../workflows/memory-world.ts';
import type { PortCall } from './observed.ts';
import { spellings } from './spellings.ts';

/** How often any of them has looked: whether the crowd as a whole goes on. */
export const allLooks = { count: 0 };

/**
 * Looks at a world from outside, right before what takes something away and right after every call of a port, and keeps what it
 * saw break. It believes nothing that the run says: only what the systems hold, what they answered, and what people approved.
 */
export class Watcher {
  readonly broken: string[] = [];
  readonly looks = { count: 0 };
  /** The names of all calls of ports that were answered, in order. */
  readonly calls: string[] = [];
  /** The kinds of gates at which people have approved: the test says so, not the run. */
  readonly approved = new Set<string>();
  /** Consumers that a person has waived. */
  readonly waived = new Set<string>();
  /** Credentials that the outcome of a run has named. */
  readonly named = new Set<string>();
  /** Where consumers are allowed to be refused: while their only slot is changed, and where a test breaks them itself. */
  forgiving: boolean;

  /**
   * From a containment or an offboarding on nothing has to work any more. Where people are asked first, they must have said this of
   * the consumers, by the kind of the gate.
   */
  ending: 'no' | 'unattended' | 'paused' | 'gone' = 'no';

  readonly #world: MemoryWorld;
  readonly #secrets: Set<string>;
  /** What was in the store once: whose credential lives must be found there still. A lost answer alone leaves others. */
  readonly #sealed = new Set<string>();
  readonly #proven = new Set<string>();
  readonly #seen: Map<string, boolean>;
  /** What the record names as current, as far as the lifecycle was told. */
  #current: { readonly id: string; readonly secret: string };

  constructor(world: MemoryWorld) {
    this.#world = world;
    this.#current = world.first;
    this.#secrets = new Set([world.first.secret]);
    this.#seen = new Map(Object.keys(world.consumers).map((id) => [id, true]));
    this.forgiving = world.system.shape === 'in-place';
  }

  get waivedAny(): boolean {
    return this.waived.size > 0;
  }

  /** `by` is the operation that makes the call. */
  before({ name, args }: PortCall, by: string): void {
    if (name === 'system.revoke' || name === 'system.suspension.disable') this.#taking(name, idOf(args[0]), by);
    if (name === 'system.enroll') this.#enrolling(args[0] as SigningRequest);
    if (name === 'system.mint.install') this.#installing(args[1] as Secret);
    if (name === 'store.destroy') this.#destroying(args[0] as SecretRef);
  }

  after({ name, args }: PortCall, answer: unknown): void {
    const [place = '', verb] = name.split('.');
    this.calls.push(name);
    if (name === 'system.verify') this.#verified(args, answer as Verdict);
    if (name === 'system.status') this.#stands(idOf(args[0]), answer as Verdict);
    if (/^system\.(mint\.(issue|install)|enroll|suspension|revoke)/.test(name)) this.#unproven(idOf(answer ?? args[0]));
    if (name === 'store.put') this.#sealed.add((args[1] as Secret).reveal());
    if (verb === 'deliver' || verb === 'apply') this.#seen.set(place, false);
    if (verb === 'verify' && this.#seen.has(place) && (answer as Verdict).is === 'yes') this.#seen.set(place, true);
    this.look(`after ${name}`);
  }

  /** What an activity was sent and what it answered goes into the history for anybody to read. */
  leaves(activity: string, text: string): void {
    const { system, store } = this.#world;
    for (const { secret } of [...system.credentials, ...store.secrets.values()]) this.#secrets.add(secret);
    for (const secret of this.#secrets)
      if (spellings(secret).some((each) => text.includes(each))) this.#break(`I4: ${activity} let a secret out`);
  }

  closed({ current }: Closing): void {
    const found = this.#world.system.credentials.find(({ id }) => id === current?.ref.id);
    if (current && found) this.#current = found;
  }

  /** A person is asked to let the old one be retired: what they are shown of the consumers must be true. */
  asked(): void {
    for (const id of Object.keys(this.#world.consumers))
      if (!this.waived.has(id) && !this.#seen.get(id))
        this.#break(`I3: people are asked about a retirement before ${id} was seen on the new one`);
  }

  look(when: string): void {
    this.looks.count += 1;
    allLooks.count += 1;
    if (this.ending !== 'no') return;
    const { system, store, consumers } = this.#world;
    if (this.#world.recoverable() === 0) this.#break(`I1: no credential works that can be recovered, ${when}`);
    for (const { id, secret, status } of system.credentials) {
      const ours = system.shape !== 'overlap' || this.#sealed.has(secret);
      if (status === 'live' && ours && !store.holds(secret))
        this.#break(`I2: ${id} is live and its secret can not be recovered, ${when}`);
    }
    if (this.forgiving) return;
    for (const [id, { running }] of Object.entries(consumers))
      if (!this.waived.has(id) && !(running && system.accepts(running.id, running.secret)))
        this.#break(`I1, I3: ${id} runs on what is refused, ${when}`);
  }

  #taking(name: string, id: string, by: string): void {
    const { ending } = this;
    if (ending !== 'no') return this.#takingLast(ending, name, id, by);
    const { system, store, consumers } = this.#world;
    const victim = system.credentials.find((each) => each.id === id);
    if (!victim) return;
    const survives = system.credentials.some(
      (each) => each !== victim && each.status === 'live' && store.holds(each.secret) && this.#proven.has(key(each)),
    );
    if (!survives) this.#break(`I1, I7: ${name} of ${id} while no other was proven since its last change`);
    const users = Object.entries(consumers).filter(([each]) => !this.waived.has(each));
    for (const [each, { running }] of users)
      if (running?.secret === victim.secret) this.#break(`I3: ${name} of ${id} while ${each} runs on it`);
    if (id !== this.#current.id) return;
    if (!this.approved.has('retirement')) this.#break(`I8: ${name} of ${id}, and nobody approved that`);
    for (const [each] of users)
      if (!this.#seen.get(each)) this.#break(`I3: ${name} of ${id} before ${each} was seen on the new one`);
  }

  /** Where everything ends, what was in flight before may still take away what people have let it. */
  #takingLast(ending: string, name: string, id: string, by: string): void {
    const may = /^(rotate|reissue)\//.test(by) ? 'retirement' : ending;
    const asks = may === 'retirement' ? id === this.#current.id : may !== 'unattended';
    if (asks && !this.approved.has(may)) this.#break(`I8: ${name} of ${id} by ${by}, and nobody has said ${may}`);
  }

  #installing(secret: Secret): void {
    const clear = secret.reveal();
    if (!this.#world.store.holds(clear)) this.#break('I2: a secret is installed before it is sealed');
    if (this.#world.system.shape !== 'in-place' || clear === this.#current.secret) return;
    if (!this.approved.has('interruption')) this.#break('I8: the one slot is changed, and nobody approved that');
  }

  #enrolling({ publicKey }: SigningRequest): void {
    const { system } = this.#world;
    if (system instanceof MemoryCertificates && !system.holdsKeyOf(publicKey))
      this.#break('I2: a certificate is asked for before its key is sealed');
  }

  #destroying({ path }: SecretRef): void {
    const secret = this.#world.store.secrets.get(path)?.secret;
    const live = this.#world.system.credentials.find((each) => each.secret === secret && each.status === 'live');
    if (live) this.#break(`I2: the secret of ${live.id} is destroyed while it works`);
  }

  #verified([ref, secret]: readonly unknown[], { is }: Verdict): void {
    if (is === 'yes') this.#proven.add(key({ id: (ref as CredentialRef).id, secret: (secret as Secret).reveal() }));
  }

  /** A certificate works where its authority says that it is not revoked. */
  #stands(id: string, { is }: Verdict): void {
    const found = this.#world.system.credentials.find((each) => each.id === id);
    if (is === 'no' && found) this.#proven.add(key(found));
  }

  #unproven(id: string): void {
    for (const each of this.#proven) if (each.startsWith(`${id} `)) this.#proven.delete(each);
  }

  #break(what: string): void {
    if (!this.broken.includes(what)) this.broken.push(what);
  }
}

/** Of a credential by its reference, or of a certificate. */
function idOf(sent: unknown): string {
  const { id, serial } = ((sent as { ref?: object }).ref ?? sent) as { id?: string; serial?: string };
  return id ?? serial ?? '';
}

function key({ id, secret }: { readonly id: string; readonly secret: string }): string {
  return `${id} ${secret}`;
}
