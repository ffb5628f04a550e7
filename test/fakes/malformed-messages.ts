/** What a program in any language may send by mistake or in malice: what it is, the payload, and how it is refused. */
export type Malformed = readonly [what: string, raw: unknown, because: RegExp];

const confirm = { gate: 'retirement', decision: 'approve', approver: 'dana@example.com' };
const long = (length: number) => 'x'.repeat(length);

export const malformedConfirms: readonly Malformed[] = [
  ['null', null, /^confirm: expected one object/],
  ['an array', [confirm], /^confirm: expected one object/],
  ['a text', 'approve', /^confirm: expected one object/],
  ['a number', 1, /^confirm: expected one object/],
  ['true', true, /^confirm: expected one object/],
  ['empty', {}, /^confirm\.gate:/],
  ['without a gate', { ...confirm, gate: undefined }, /^confirm\.gate:/],
  ['for a gate that is a number', { ...confirm, gate: 7 }, /^confirm\.gate:/],
  ['for a gate without a name', { ...confirm, gate: '' }, /^confirm\.gate:/],
  ['for a gate with an oversize name', { ...confirm, gate: long(201) }, /^confirm\.gate:/],
  ['without a decision', { ...confirm, decision: undefined }, /^confirm\.decision:/],
  ['neither approve nor reject', { ...confirm, decision: 'Approve' }, /^confirm\.decision:/],
  ['a decision that is true', { ...confirm, decision: true }, /^confirm\.decision:/],
  ['without an approver', { ...confirm, approver: undefined }, /^confirm\.approver:/],
  ['by a list of approvers', { ...confirm, approver: ['dana@example.com'] }, /^confirm\.approver:/],
  ['by an approver with an oversize name', { ...confirm, approver: long(201) }, /^confirm\.approver:/],
  ['with a comment that is an object', { ...confirm, comment: { toString: 1 } }, /^confirm\.comment:/],
  ['with an oversize comment', { ...confirm, comment: long(2_001) }, /^confirm\.comment:/],
  ['with a plan that is null', { ...confirm, plan: null }, /^confirm\.plan:/],
  ['with an oversize plan', { ...confirm, plan: long(101) }, /^confirm\.plan:/],
  ['with an oversize proof', { ...confirm, proof: long(16_385) }, /^confirm\.proof:/],
  ['with an unknown field', { ...confirm, force: true }, /^confirm: field "force" is not known/],
  ['with an unknown field of oversize name', { ...confirm, [long(5_000)]: 1 }, /^confirm: field "x{60}" is not known/],
];

const order = { by: 'rob@example.com', reason: 'a test' };

export const malformedOrders: readonly Malformed[] = [
  ['null', null, /^expected one object/],
  ['an array', [order], /^expected one object/],
  ['a text', 'stop', /^expected one object/],
  ['a number', 0, /^expected one object/],
  ['empty', {}, /^by:/],
  ['by nobody', { ...order, by: '' }, /^by:/],
  ['by a number', { ...order, by: 7 }, /^by:/],
  ['by somebody with an oversize name', { ...order, by: long(201) }, /^by:/],
  ['without a reason', { by: order.by }, /^reason:/],
  ['for a reason that is an object', { ...order, reason: {} }, /^reason:/],
  ['for an empty reason', { ...order, reason: '' }, /^reason:/],
  ['for an oversize reason', { ...order, reason: long(1_001) }, /^reason:/],
];
