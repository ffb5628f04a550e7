/** What a lifecycle can be told. */
export type Update = 'declare' | 'open' | 'note' | 'close';

/**
 * What is wrong with a message to a lifecycle, or `undefined`. Validators of updates ask here: a handler that met the wrong
 * shape would throw, and wedge the identity for good.
 */
export function problemWith(update: Update, sent: unknown): string | undefined {
  // What is declared is read by an activity, with all that a manifest has to keep to.
  if (update === 'declare') return undefined;
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) return `${update}: expected one object`;
  const fields = sent as Record<string, unknown>;
  for (const name of texts[update]) {
    if (!isText(fields[name])) return `${update}.${name}: expected 1 to 1000 characters`;
  }
  if (update === 'note' && !isCredential(fields['successor'])) return 'note.successor: expected a credential';
  if (update === 'note' && fields['replaces'] !== undefined && !isCredential(fields['replaces']))
    return 'note.replaces: expected a credential';
  if (update === 'note' && fields['as'] !== 'next' && fields['as'] !== 'current')
    return 'note.as: expected next or current';
  if (update !== 'close') return undefined;
  if (fields['current'] !== undefined && !isCredential(fields['current']))
    return 'close.current: expected a credential';
  return Array.isArray(fields['waivers']) ? undefined : 'close.waivers: expected a list';
}

const texts = {
  open: ['operation', 'verb', 'workflowId', 'runId'],
  note: ['operation'],
  close: ['operation', 'result'],
} as const;

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= 1_000;
}

function isCredential(value: unknown): boolean {
  const { ref, secret } = Object(value) as {
    ref?: { id?: unknown };
    secret?: { ref?: unknown; fingerprint?: unknown };
  };
  return isText(ref?.id) && isText(secret?.fingerprint) && typeof secret?.ref === 'object';
}
