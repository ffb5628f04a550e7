/**
 * How long to wait before the next time, in milliseconds, after it was done `times` times without an answer: after every `each` of
 * them twice as long, so that whatever waits for years keeps a short history.
 */
export function everRarer(base: number, times: number, each: number): number {
  return base * 2 ** Math.floor(times / each);
}
