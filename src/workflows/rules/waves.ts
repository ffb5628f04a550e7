import type { ConsumerSpec } from '../../contract/identity.ts';

/**
 * The order in which consumers are moved: each canary alone and first, then everybody whose `after` is done, together. A
 * canary that waits for an ordinary consumer waits for it still. The manifest refuses cycles; one that comes here all the
 * same is moved last, one by one, rather than never.
 */
export function waves(consumers: readonly ConsumerSpec[]): readonly (readonly ConsumerSpec[])[] {
  const done = new Set<string>();
  const order: ConsumerSpec[][] = [];
  let left = [...consumers];
  while (left.length > 0) {
    const ready = left.filter(({ after }) => after.every((id) => done.has(id)));
    const canary = ready.find((consumer) => consumer.canary);
    const wave = canary ? [canary] : ready.length > 0 ? ready : [left[0]!];
    order.push(wave);
    for (const { id } of wave) done.add(id);
    left = left.filter(({ id }) => !done.has(id));
  }
  return order;
}
