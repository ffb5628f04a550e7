import type { Confirm, Order } from './messages.ts';

/** A payload as it may come from anywhere: parsed without ever throwing, since a throw in a signal handler wedges the run. */
export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly because: string };

export function parseConfirm(raw: unknown): Parsed<Confirm> {
  if (!isRecord(raw))
    return refuse('confirm: expected one object { gate, decision, approver, comment?, plan?, proof? }');
  const { gate, decision, approver, comment, plan, proof, ...rest } = raw;
  const stranger = Object.keys(rest)[0];
  if (stranger !== undefined) return refuse(`confirm: field ${quote(stranger)} is not known`);
  if (!isText(gate, 200)) return refuse('confirm.gate: expected the id of a gate');
  if (decision !== 'approve' && decision !== 'reject')
    return refuse('confirm.decision: expected "approve" or "reject"');
  if (!isText(approver, 200)) return refuse('confirm.approver: expected who decides, 1 to 200 characters');
  if (comment !== undefined && !isText(comment, 2_000)) return refuse('confirm.comment: expected 1 to 2000 characters');
  if (plan !== undefined && !isText(plan, 100)) return refuse('confirm.plan: expected the plan hash shown at the gate');
  if (proof !== undefined && !isText(proof, 16_384)) return refuse('confirm.proof: expected at most 16384 characters');
  return { ok: true, value: { gate, decision, approver, ...defined({ comment, plan, proof }) } };
}

export function parseOrder(raw: unknown): Parsed<Order> {
  if (!isRecord(raw)) return refuse('expected one object { by, reason }');
  if (!isText(raw['by'], 200)) return refuse('by: expected who asks, 1 to 200 characters');
  if (!isText(raw['reason'], 1_000)) return refuse('reason: expected 1 to 1000 characters');
  return { ok: true, value: { by: raw['by'], reason: raw['reason'] } };
}

function defined<Fields extends Record<string, unknown>>(
  fields: Fields,
): { [Key in keyof Fields]?: NonNullable<Fields[Key]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

function refuse(because: string): { ok: false; because: string } {
  return { ok: false, because };
}

function isRecord(raw: unknown): raw is Record<string, unknown> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}

function isText(raw: unknown, most: number): raw is string {
  return typeof raw === 'string' && raw.length > 0 && raw.length <= most;
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}
