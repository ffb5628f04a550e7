/** Runs acts side by side, so many at a time, and returns a promise for each at once. */
export function atMost<Value>(most: number, acts: readonly (() => Promise<Value>)[]): readonly Promise<Value>[] {
  const waiting: (() => void)[] = [];
  let free = most;
  const take = () => (free > 0 ? void (free -= 1) : new Promise<void>((resolve) => waiting.push(resolve)));
  const give = () => (waiting.length > 0 ? waiting.shift()!() : void (free += 1));
  return acts.map(async (act) => {
    await take();
    return act().finally(give);
  });
}
