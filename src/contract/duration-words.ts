/** Ten years in milliseconds: far more than anybody waits for, and far less than timers and dates can hold. */
export const longestWait = 3_650 * 86_400_000;

/** A length of time in the largest unit that divides it: `90s`, `10m`, `72h`. */
export function words(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ] as const;
  for (const [unit, size] of units) if (ms >= size && ms % size === 0) return `${ms / size}${unit}`;
  return `${ms}ms`;
}
