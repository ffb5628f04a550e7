import type { CredentialState, LastUse } from '../../contract/credentials.ts';
import type { CredentialRef } from '../../contract/references.ts';
import { failureOf } from './failure.ts';
import type { Runbook } from './runbook.ts';

/** When a credential was last used. It is evidence for a person and no condition: what can't be asked is not known. */
export async function lastUseOf(run: Runbook, ref: CredentialRef): Promise<LastUse> {
  try {
    return await run.commands(`when was ${ref.id} last used`, { takes: 15_000, retryFor: 30_000 }).readLastUse({ ref });
  } catch (error) {
    run.note('last use', ref.id, `not known: ${failureOf(error).message}`);
    return { at: 'unknown', lagSeconds: 0 };
  }
}

/** What the system says of one credential, for people. */
export function describeState({ ref, status, createdAt }: CredentialState): string {
  return `${ref.id}: ${status}, created ${createdAt}`;
}

/** "Not used" is only ever true up to where the system's own record reaches. */
export function describeLastUse({ at, lagSeconds }: LastUse): string {
  if (at === 'unknown') return 'its last use is not known';
  const words = at === 'never' ? 'never used' : `last used ${at}`;
  return lagSeconds > 0 ? `${words}, as far as is known ${lagSeconds} s back` : words;
}
