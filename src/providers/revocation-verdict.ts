import type { RevocationStatus } from '../contract/authorities.ts';
import type { World } from '../contract/provider.ts';
import type { Revocation } from '../certificates/revocation.ts';
import { observe } from './observe.ts';

/** Who publishes what, in a word or two for a person, and what it says. */
export interface Source {
  readonly name: string;
  readonly says: Revocation;
}

/**
 * Makes one verdict of what signed lists and answers say. `yes` needs all of them, since who relies on a certificate may look at any;
 * one that can't be relied on makes it `unknown`, and so does none.
 */
export async function revocationStatus(
  world: Pick<World, 'now'>,
  look: () => Promise<readonly Source[]>,
): Promise<RevocationStatus> {
  let seen: readonly Source[] | undefined;
  const verdict = await observe(world, async () => {
    seen = await look();
    const silent = seen.flatMap(({ name, says }) => (says.is === 'unknown' ? [`${name}: ${says.because}`] : []));
    if (silent.length > 0) return ['unknown', silent.join('; ')];
    if (seen.length === 0) return ['unknown', 'the authority publishes nothing about revocations'];
    return decide(seen);
  });
  const first = seen?.[0]?.says;
  if (seen?.length === 0) return { ...verdict, unpublished: true };
  if (verdict.is !== 'yes' || first?.is !== 'revoked') return verdict;
  return { ...verdict, revokedAt: first.at, ...(first.reason && { reason: first.reason }) };
}

function decide(seen: readonly Source[]): ['yes' | 'no', string] {
  const names = (is: Revocation['is']) =>
    seen.flatMap(({ name, says }) => (says.is === is ? [name] : [])).join(' and ');
  const [revoked, good] = [names('revoked'), names('good')];
  if (good === '') return ['yes', `revoked, by ${revoked}, signed by the issuer`];
  if (revoked === '') return ['no', `not revoked, by ${good}, signed by the issuer`];
  return ['no', `revoked by ${revoked}, and not yet by ${good}`];
}
