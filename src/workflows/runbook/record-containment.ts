import { metricMeter } from '@temporalio/workflow';
import type { Severity } from '../../contract/severity.ts';
import type { OperationOutcome } from '../../contract/messages.ts';
import type { Swept } from './sweep.ts';
import type { Exposed } from './snapshot.ts';

/** Says how it ended, and how long each part took: in the outcome, and as the metric `keyturn_containment_seconds`. */
export async function recordContainment(exposed: Exposed, swept: Swept, severity: Severity): Promise<OperationOutcome> {
  const { refs, waived, times, exposure, summary } = exposed;
  await exposed.evidence;
  const seconds = metricMeter.createHistogram(
    'keyturn_containment_seconds',
    'float',
    's',
    'from the start of a containment',
  );
  for (const [until, value] of Object.entries(times)) seconds.record(value, { until, severity });
  const ended = refs.filter(({ id }) => !waived.has(id)).map(({ id }) => id);
  const left = [
    ...swept.byHand.map(({ what, byHand }) => `${what}, which a person must hand over: ${byHand}`),
    ...swept.waived,
  ];
  const lives = [...waived].map((id) => `${id}, since a named person waived its end`);
  const words = [
    ended.length > 0 ? `${ended.join(', ')}: refused` : 'no credential existed',
    ...(swept.removed.length > 0 ? [`${swept.removed.length} entitlements taken away`] : []),
    ...(left.length > 0 ? [`HELD STILL: ${left.join('; ')}`] : []),
    ...(lives.length > 0 ? [`ACCESS MAY STILL LIVE: ${lives.join('; ')}`] : []),
  ];
  return {
    result: 'completed',
    because: words.join('; '),
    plan: summary,
    found: [...waived],
    seconds: times,
    ...(exposure.residual ? { residual: exposure.residual } : {}),
  };
}
