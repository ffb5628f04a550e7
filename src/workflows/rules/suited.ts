import type { IdentitySpec } from '../../contract/identity.ts';
import type { Operation } from '../../contract/request.ts';

/** Why an operation is none for this kind of identity, and what to do instead; undefined where it is one. */
export function unsuitable(verb: Operation, { id, kind }: IdentitySpec): string | undefined {
  if (verb === 'rotateCredential' && kind === 'certificate')
    return `${id} is a certificate, which is reissued and not rotated: keyturn reissue ${id}`;
  if (verb === 'reissueCertificate' && kind !== 'certificate')
    return `${id} is no certificate but a ${kind}, which is rotated: keyturn rotate ${id}`;
  return undefined;
}
