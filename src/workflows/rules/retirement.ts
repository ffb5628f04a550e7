import type { Waiver } from '../../contract/identity.ts';
import type { Verdict } from '../../contract/verdict.ts';

export interface RetirementRuling {
  readonly may: boolean;
  readonly message: string;
}

/** The old credential dies only after every consumer was seen on the new one, or a named person waived it with a reason (I3, F6). */
export function mayRetire(
  consumers: readonly string[],
  known: ReadonlyMap<string, Verdict | Waiver>,
): RetirementRuling {
  const open = consumers.filter((id) => {
    const proof = known.get(id);
    if (!proof) return true;
    return 'is' in proof ? proof.is !== 'yes' : !proof.by || !proof.reason;
  });
  return open.length === 0
    ? { may: true, message: 'every consumer was verified or waived by name' }
    : { may: false, message: `not verified and not waived: ${open.join(', ')}` };
}
