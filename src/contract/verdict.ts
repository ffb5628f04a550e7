/** Three-valued on purpose: `unknown` is neither yes nor no, no caller may fold it into either, and it unlocks nothing (I7). */
export interface Verdict {
  readonly is: 'yes' | 'no' | 'unknown';
  /** One sentence of our own words that a person reads at a gate; never the text of a remote system. */
  readonly because: string;
  /** When it was seen, RFC 3339. */
  readonly at: string;
}

/** `no` proves what `yes` would disprove; `unknown` proves neither. */
export function inverted(verdict: Verdict): Verdict {
  return { ...verdict, is: verdict.is === 'yes' ? 'no' : verdict.is === 'no' ? 'yes' : 'unknown' };
}

export function isYes({ is }: Verdict): boolean {
  return is === 'yes';
}
