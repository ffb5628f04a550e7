import { describeChain } from '../../../src/certificates/chain.ts';
import { pemBlocks } from '../../../src/certificates/pem.ts';
import { drawKey } from '../../../src/certificates/signing-key.ts';
import { signingRequest } from '../../../src/certificates/signing-request.ts';
import type { AuthorityPort, IssuedCertificate } from '../../../src/contract/authorities.ts';
import type { KeyturnError } from '../../../src/contract/errors.ts';
import { SmallAuthority } from '../authorities/small-authority.ts';
import { revokingMutants, type AuthorityMutant } from './authorities-revoking.ts';
import { say } from './mutant.ts';

const other = SmallAuthority.create('Other');
const key = drawKey('ecdsa-p256');

/** Changes what enroll answers. */
function answering(change: (issued: IssuedCertificate) => IssuedCertificate | Promise<IssuedCertificate>) {
  return (port: AuthorityPort): AuthorityPort => {
    return { ...port, enroll: async (request, write) => change(await port.enroll(request, write)) };
  };
}

/** Authorities that break a promise of enrolling, or of what stands around it. */
export const authorityMutants: readonly AuthorityMutant[] = [
  ...revokingMutants,
  {
    name: 'has a member that says it can not',
    caughtBy: 'what the authority can not do is absent',
    mutate: (port) => ({ ...port, renewal: 'unsupported' as never }),
  },
  {
    name: 'signs a key of its own',
    caughtBy: 'F20: a certificate is for the key',
    mutate: (port) => ({
      ...port,
      async enroll({ names, lifetimeMs }, write) {
        return port.enroll(await signingRequest(await key, { names, lifetimeMs }), write);
      },
    }),
  },
  {
    name: 'adds a name',
    caughtBy: 'F20: a certificate is for the key',
    mutate: answering((issued) => ({ ...issued, names: [...issued.names, 'more.example.com'] })),
  },
  {
    name: 'hands out the leaf alone',
    caughtBy: 'F20: a certificate is for the key',
    mutate: answering((issued) => ({ ...issued, chain: pemBlocks('CERTIFICATE', issued.chain)[0] ?? '' })),
  },
  {
    name: 'names another serial number',
    caughtBy: 'F20: a certificate is for the key',
    mutate: answering((issued) => ({ ...issued, ref: { ...issued.ref, serial: `${issued.ref.serial}0` } })),
  },
  {
    name: 'gives as long as it likes',
    caughtBy: 'F22: it is valid now',
    mutate: (port) => ({
      ...port,
      enroll: async (request, write) => port.enroll({ ...request, lifetimeMs: 10 * request.lifetimeMs }, write),
    }),
  },
  {
    name: 'revokes the certificate before when it issues a new one',
    caughtBy: 'F20: a fresh key has',
    mutate: (port, { issued }) => ({
      ...port,
      async enroll(request, write) {
        const before = issued.at(-1);
        const after = await port.enroll(request, write);
        if (before && before !== after && issued.length > 2) await port.revoke(before, 'superseded', write);
        return after;
      },
    }),
  },
  {
    name: 'makes one more certificate when it is asked again',
    caughtBy: 'I6: a second enroll',
    mutate: (port, { issued }) => ({
      ...port,
      async enroll(request, write) {
        const known = issued.splice(0);
        return port.enroll(request, write).finally(() => issued.unshift(...known));
      },
    }),
  },
  {
    name: 'finds the revoked',
    caughtBy: 'a revoked certificate is found no more',
    mutate: (port, { issued }) => ({
      ...port,
      async find(request, read) {
        await port.find?.(request, read);
        return issued.filter(({ publicKey }) => publicKey === request.publicKey);
      },
    }),
  },
  {
    name: 'signs whatever it is handed',
    caughtBy: 'names that it does not sign',
    mutate: (port) => ({
      ...port,
      async enroll(request, write) {
        if (!request.names.some((name) => name.endsWith('example.org'))) return port.enroll(request, write);
        return describeChain('ca', await (await other).sign(request.csr));
      },
    }),
  },
  {
    name: 'does not look whose key has signed the request',
    caughtBy: 'what is no signing request',
    mutate: (port, { issued }) => ({
      ...port,
      async enroll(request, write) {
        const isRequest = request.csr.length > 300 && request.names.includes('orders.example.com');
        const [last] = issued.slice(-1);
        return port.enroll(request, write).catch((error: KeyturnError) => {
          if (isRequest && last && !error.retry) return last;
          throw error;
        });
      },
    }),
  },
  {
    name: 'passes every name in preflight',
    caughtBy: 'what is no signing request',
    mutate: (port) => ({ ...port, preflight: async (_, { signal }) => say(signal.aborted ? 'unknown' : 'yes') }),
  },
  {
    name: 'turns away in preflight what it signs',
    caughtBy: 'preflight is yes',
    mutate: (port) => ({ ...port, preflight: async (_, { signal }) => say(signal.aborted ? 'unknown' : 'no') }),
  },
  {
    name: 'wants a renewal after the end',
    caughtBy: 'renewal is wanted',
    mutate: (port) => ({
      ...port,
      async renewal({ chain }, read) {
        await port.find?.({ publicKey: 'spki-sha256:' } as never, read);
        const { notAfter } = describeChain('ca', chain);
        return { start: notAfter, end: new Date(Date.parse(notAfter) + 1_000).toISOString() };
      },
    }),
  },
];
