import type { Malformed } from './malformed-messages.ts';

const request = { identity: 'orders', reason: 'a test', requestedBy: 'rob@example.com' };
const long = (length: number) => 'x'.repeat(length);

/** What a raw workflow start of any SDK may bring: what it is, the one argument, and how it is refused. */
export const malformedRequests: readonly Malformed[] = [
  ['nothing', undefined, /^request: /],
  ['null', null, /^request: /],
  ['an array', [request], /^request: /],
  ['a text', 'orders', /^request: /],
  ['empty', {}, /^request\.identity: .*request\.reason: .*request\.requestedBy: /],
  ['without an identity', { ...request, identity: undefined }, /^request\.identity: /],
  ['for an identity that is a number', { ...request, identity: 7 }, /^request\.identity: /],
  ['for an identity that is a list', { ...request, identity: ['orders'] }, /^request\.identity: /],
  ['for an identity that is a path', { ...request, identity: '../orders' }, /^request\.identity: expected 1 to 100/],
  ['for an identity of oversize name', { ...request, identity: long(101) }, /^request\.identity: expected 1 to 100/],
  ['without a reason', { ...request, reason: undefined }, /^request\.reason: /],
  ['for a blank reason', { ...request, reason: ' \n ' }, /^request\.reason: expected a reason$/],
  ['for an oversize reason', { ...request, reason: long(1_001) }, /^request\.reason: expected at most 1000/],
  ['by nobody', { ...request, requestedBy: '' }, /^request\.requestedBy: /],
  ['by an object', { ...request, requestedBy: { name: 'rob' } }, /^request\.requestedBy: /],
  ['with a request id that is a path', { ...request, requestId: 'a/b' }, /^request\.requestId: /],
  ['with a dry run that is a text', { ...request, dryRun: 'true' }, /^request\.dryRun: /],
  ['with an unknown field', { ...request, force: true }, /^request: .*"force"/],
];
