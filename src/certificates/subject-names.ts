import { isIP } from 'node:net';
import { KeyturnError } from '../contract/errors.ts';

const most = 100;
const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

/**
 * Checks the names that a certificate is asked for: DNS names, the first label of which may be `*`, and IP addresses. Returns them in
 * one spelling (lower case, without a dot at the end, addresses as RFC 5952 writes them), sorted and each once. Throws
 * `invalid_request`, without the name, for none, for more than 100, and for what is neither. RFC 5280 (4.2.1.6), RFC 9525
 */
export function subjectNames(names: readonly string[]): readonly string[] {
  const spelled = [...new Set(names.map(spell))].toSorted();
  if (spelled.length > 0 && spelled.length <= most) return spelled;
  throw new KeyturnError('invalid_request', `names: expected 1 to ${most} of them`);
}

export function isAddress(name: string): boolean {
  return isIP(name) !== 0;
}

function spell(name: string): string {
  if (isIP(name) === 4) return name;
  // The parser of URLs writes an address in its one canonical form; a zone is no part of a name.
  if (isIP(name) === 6 && !name.includes('%')) return new URL(`http://[${name}]`).hostname.slice(1, -1);
  const plain = name.toLowerCase().replace(/\.$/, '');
  const labels = plain.replace(/^\*\./, '').split('.');
  const isName = plain.length <= 253 && labels.every((each) => label.test(each));
  // A last label of digits would be taken for an address by whoever reads the name next.
  const isSpecific = !plain.startsWith('*.') || labels.length >= 2;
  if (isName && isSpecific && !/^\d+$/.test(labels.at(-1) ?? '')) return plain;
  throw new KeyturnError('invalid_request', 'names: expected DNS names, such as *.example.com, and IP addresses');
}
