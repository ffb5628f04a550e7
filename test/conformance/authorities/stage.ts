import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeChain } from '../../../src/certificates/chain.ts';
import { drawKey } from '../../../src/certificates/signing-key.ts';
import { signingRequest } from '../../../src/certificates/signing-request.ts';
import type {
  AuthorityPort,
  Certificate,
  IssuedCertificate,
  RevocationStatus,
  SigningRequest,
} from '../../../src/contract/authorities.ts';
import type { Verdict } from '../../../src/contract/verdict.ts';
import type { AuthoritySystem } from '../authorities.ts';
import { call, isWellFormed } from '../credentials/stage.ts';
import { inTime } from '../in-time.ts';
import { watch, type Witness } from '../witness.ts';
import { SmallAuthority } from './small-authority.ts';

/** What a case acts with: the watched port and the questions that are asked in every case. */
export interface Stage {
  readonly system: AuthoritySystem;
  readonly port: AuthorityPort;
  readonly witness: Witness<AuthorityPort>;
  /** A request with a key that is drawn for it; nobody may ever see that key. */
  readonly request: (names?: readonly string[]) => Promise<SigningRequest>;
  readonly enroll: (request?: SigningRequest) => Promise<IssuedCertificate>;
  /** Fails unless the authority gives this verdict within the propagation time; returns it. */
  readonly expect: (certificate: Certificate, is: Verdict['is']) => Promise<RevocationStatus>;
  /** A certificate that another authority has issued, which this one never saw. */
  readonly foreign: () => Promise<Certificate>;
  readonly neighbourIsUntouched: () => Promise<void>;
}

export const hour = 3_600_000;

export async function setStage(system: AuthoritySystem, propagation: number): Promise<Stage> {
  const witness = watch(system.port, system.secrets);
  const { port } = witness;
  const { lifetimeMs = hour } = system;
  const request = async (names = system.names) => {
    const key = await drawKey('ecdsa-p256');
    witness.secrets.add(key);
    return signingRequest(key, { names, lifetimeMs });
  };
  const enroll = async (asked?: SigningRequest) => port.enroll(asked ?? (await request()), call());
  const expect = (certificate: Certificate, is: Verdict['is']) => eventually(port, certificate, is, propagation);
  const neighbour = await enroll();
  return {
    system,
    port,
    witness,
    request,
    enroll,
    expect,
    foreign: async () => foreignTo(await request(), neighbour),
    async neighbourIsUntouched() {
      await inTime(() => expect(neighbour, 'no'));
    },
  };
}

async function eventually(port: AuthorityPort, certificate: Certificate, is: Verdict['is'], within: number) {
  const end = Date.now() + within;
  for (;;) {
    const verdict = await port.status(certificate, call());
    isWellFormed(verdict);
    if (verdict.is === is) return verdict;
    if (Date.now() >= end) assert.fail(`expected the verdict ${is}, got ${verdict.is}: ${verdict.because}`);
    await sleep(100);
  }
}

/** With the serial number of one that this authority did issue: only the signature tells them apart. */
async function foreignTo({ csr }: SigningRequest, { ref }: IssuedCertificate): Promise<Certificate> {
  const authority = await SmallAuthority.create('Foreign');
  return describeChain(ref.connection, await authority.sign(csr, { serial: BigInt(`0x${ref.serial}`) }));
}
