import type { Item, OperationOutcome } from '../../contract/messages.ts';
import { waivedBy } from './interventions.ts';
import type { Runbook } from './runbook.ts';
import type { Exposed } from './snapshot.ts';
import type { Swept } from './sweep.ts';

/** Names everything that the identity had, and what became of each: nothing is left unnamed (F24). */
export function recordOffboarding(
  run: Runbook,
  exposed: Exposed,
  swept: Swept,
  handed: readonly Item[],
  emptied: readonly Item[],
): OperationOutcome {
  const { refs, waived, answered, exposure, summary } = exposed;
  const { spec, exceptions } = run.record;
  const items: Item[] = [
    ...spec.consumers.map(({ id }) => ({ what: `consumer ${id}`, became: answered.get(id) ?? 'not asked about' })),
    ...refs.map(({ id }) => ({ what: `credential ${id}`, became: ending(run, id, waived) })),
    ...swept.removed.map((what) => ({ what, became: 'taken away' })),
    ...handed,
    ...swept.waived.map((what) => ({ what, became: 'waived' })),
    ...emptied,
    { what: 'schedules', became: 'ended' },
    ...exceptions.map(({ consumer, by }) => ({ what: `exception for ${consumer}, by ${by}`, became: 'closed' })),
  ];
  for (const { what, became } of items) run.note('item', what, became);
  const open = items.filter(({ became }) => became.startsWith('waived'));
  const words = open.length > 0 ? `; WAIVED: ${open.map(({ what }) => what).join('; ')}` : '';
  return {
    result: 'completed',
    because: `${items.length} things are accounted for, and all that was ended was gone still when it was looked at again${words}`,
    plan: summary,
    found: [...waived],
    items,
    ...(exposure.residual ? { residual: exposure.residual } : {}),
  };
}

function ending(run: Runbook, id: string, waived: ReadonlySet<string>): string {
  if (!waived.has(id)) return 'revoked, and shown to be refused';
  const waiver = run.interventions.waivers.find(({ consumer }) => consumer === id);
  return waiver ? waivedBy(waiver) : 'waived';
}
