import type { OperationStatus } from '../../contract/messages.ts';

/** Where a run stands, in plain words, as the Temporal UI shows it: what it waits for, and which credentials live. */
export function describe(status: OperationStatus): string {
  const { operation, identity, stage, steps, gates, live, alarms, paused, outcome } = status;
  const open = gates.filter(({ state }) => state === 'open');
  const last = steps.at(-1);
  return [
    `**${operation}** of **${identity}**: ${stage}`,
    ...alarms.map((alarm) => `**${alarm}**`),
    ...(outcome ? [`Ended: **${outcome.result}**, ${outcome.because}`] : []),
    ...(paused ? [`Paused by ${paused.by}: ${paused.reason}`] : []),
    ...(last && !outcome
      ? [`Now: ${last.step} ${last.object} (${last.state}${last.because ? `: ${last.because}` : ''})`]
      : []),
    `Live credentials: ${live.join(', ') || 'not known yet'}`,
    ...open.map(describeGate),
  ].join('\n\n');
}

function describeGate({
  id,
  question,
  plan,
  given,
  needed,
  commands,
  evidence,
  expiresAt,
}: OperationStatus['gates'][number]): string {
  return [
    `**Waits for a decision at gate \`${id}\`** (${given.length} of ${needed} given${expiresAt ? `, until ${expiresAt}` : ''}): ${question}`,
    ...commands.map((command) => `- will: ${command}`),
    ...evidence.map((line) => `- seen: ${line}`),
    `- plan: \`${plan}\``,
  ].join('\n');
}
