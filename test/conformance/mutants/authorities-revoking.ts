import { KeyturnError } from '../../../src/contract/errors.ts';
import type { AuthorityPort } from '../../../src/contract/authorities.ts';
import type { MemoryAuthority } from '../../fakes/memory-authority.ts';
import { call, say } from './mutant.ts';

/** An authority that breaks one promise, and the case that must notice. */
export interface AuthorityMutant {
  /** Completes "an authority that ...". */
  readonly name: string;
  /** How the name of the case begins that must notice. */
  readonly caughtBy: string;
  readonly mutate: (port: AuthorityPort, authority: MemoryAuthority) => AuthorityPort;
}

const calm = call();

/** Authorities that break a promise about revocations, or of heeding what they are told. */
export const revokingMutants: readonly AuthorityMutant[] = [
  {
    name: 'only says that it revoked',
    caughtBy: 'F21: a certificate is not revoked',
    mutate: (port) => ({ ...port, revoke: async () => {} }),
  },
  {
    name: 'forgets the reason',
    caughtBy: 'the reason is that of RFC 5280',
    mutate: (port) => ({
      ...port,
      revoke: async (certificate, _, write) => port.revoke(certificate, 'unspecified', write),
    }),
  },
  {
    name: 'revokes anew each time',
    caughtBy: 'I6: revoking the revoked',
    mutate: (port, { revocations }) => ({
      ...port,
      async revoke(certificate, reason, write) {
        const at = revocations.findIndex(({ serial }) => serial === certificate.ref.serial);
        if (at >= 0) revocations.splice(at, 1);
        await port.revoke(certificate, reason, write);
      },
    }),
  },
  {
    name: 'is surprised when the revoked is revoked again',
    caughtBy: 'I6: revoking the revoked',
    mutate: (port, authority) => ({
      ...port,
      async revoke(certificate, reason, write) {
        if (authority.isRevoked(certificate)) throw new KeyturnError('conflict', 'it is revoked already');
        await port.revoke(certificate, reason, write);
      },
    }),
  },
  {
    name: 'revokes by serial number alone',
    caughtBy: 'the certificate of another authority is refused',
    mutate: (port, { revocations }) => ({
      ...port,
      async revoke(certificate, reason, write) {
        await port.revoke(certificate, reason, write).catch((error: KeyturnError) => {
          if (error.code !== 'not_found') throw error;
          revocations.push({ serial: certificate.ref.serial, reason, at: new Date() });
        });
      },
    }),
  },
  {
    name: 'believes a list whoever has signed it',
    caughtBy: 'I7: of the certificate of another authority',
    mutate: (port, authority) => ({
      ...port,
      async status(certificate, read) {
        const verdict = await port.status(certificate, read);
        if (!verdict.because.includes('not signed by the issuer')) return verdict;
        return say(authority.isRevoked(certificate) ? 'yes' : 'no');
      },
    }),
  },
  {
    name: 'does not look whether chain and name belong together',
    caughtBy: 'a name for one certificate',
    mutate: (port, authority) => ({
      ...port,
      async revoke({ ref, chain }, reason, write) {
        const named = authority.issued.find(({ ref: { serial } }) => serial === ref.serial);
        await port.revoke(chain.includes('BEGIN') && named ? named : { ref, chain }, reason, write);
      },
    }),
  },
  {
    name: 'signs although it was told to stop',
    caughtBy: 'an enroll that was told to stop',
    mutate: (port) => ({
      ...port,
      async enroll(request, write) {
        const issued = await port.enroll(request, calm);
        if (write.signal.aborted) throw new KeyturnError('unavailable', 'the call was told to stop');
        return issued;
      },
    }),
  },
  {
    name: 'revokes although it was told to stop',
    caughtBy: 'a revoke that was told to stop',
    mutate: (port) => ({
      ...port,
      async revoke(certificate, reason, write) {
        await port.revoke(certificate, reason, calm);
        if (write.signal.aborted) throw new KeyturnError('unavailable', 'the call was told to stop');
      },
    }),
  },
  {
    name: 'takes no answer for not revoked',
    caughtBy: 'I7: a question that could not be asked',
    mutate: (port) => ({
      ...port,
      async status(certificate, read) {
        const verdict = await port.status(certificate, read);
        return read.signal.aborted ? { ...verdict, is: 'no' } : verdict;
      },
    }),
  },
  {
    name: 'finds nothing when it can not look',
    caughtBy: 'I7: a question that could not be asked',
    mutate: (port) => ({ ...port, find: async (request, read) => port.find?.(request, read).catch(() => []) ?? [] }),
  },
  {
    name: 'repeats what the remote system said',
    caughtBy: 'names that it does not sign',
    mutate: (port) => ({
      ...port,
      async enroll(request, write) {
        return port.enroll(request, write).catch((error: KeyturnError) => {
          throw new KeyturnError(error.code, `${error.message}: FATAL from remote`);
        });
      },
    }),
  },
];
