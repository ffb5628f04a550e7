import type { CredentialState } from '../../contract/credentials.ts';

export interface SlotRuling {
  readonly free: boolean;
  /** Credentials that Keyturn's record does not name: found, named, and left alone. */
  readonly found: readonly string[];
  readonly message: string;
}

/** Is there room for one more beside the current one? Room is never made by deleting (F10). */
export function judgeSlots(listed: readonly CredentialState[], current: string, maxLive: number | null): SlotRuling {
  const found = listed.map(({ ref }) => ref.id).filter((id) => id !== current);
  if (maxLive === null || maxLive === 1) return { free: true, found, message: 'no slot is needed' };
  const taken = new Set([current, ...found]).size;
  return taken < maxLive
    ? { free: true, found, message: `${taken} of ${maxLive} slots taken` }
    : { free: false, found, message: `all ${maxLive} slots are taken, by ${[current, ...found].join(' and ')}` };
}
