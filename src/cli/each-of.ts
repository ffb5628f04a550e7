const atOnce = 10;

/** Runs an act for each item, ten at a time, and gives the results in order. After a failure no new one is begun. */
export async function eachOf<Item, Result>(
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const entries = items.entries();
  let failed = false;
  const work = async () => {
    for (const [at, item] of entries) {
      if (failed) return;
      results[at] = await act(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}
