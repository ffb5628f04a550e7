import type { IdentitySpec } from '../contract/identity.ts';
import { words } from '../contract/duration-words.ts';

/** One field of an identity that differs; absent on the side where it is not there. */
export interface FieldChange {
  readonly field: string;
  readonly from?: string;
  readonly to?: string;
}

/** What differs between two specifications of one identity, field by field. Consumers are the same when their ids are. */
export function fieldChanges(before: IdentitySpec, after: IdentitySpec): FieldChange[] {
  const from = fields(before);
  const to = fields(after);
  return [...new Set([...from.keys(), ...to.keys()])].flatMap((field): FieldChange[] => {
    const [old, fresh] = [from.get(field), to.get(field)];
    if (old === fresh) return [];
    return [{ field, ...(old !== undefined && { from: old }), ...(fresh !== undefined && { to: fresh }) }];
  });
}

function fields(spec: IdentitySpec): Map<string, string> {
  return new Map(leaves(spec, ''));
}

function leaves(node: unknown, path: string): [string, string][] {
  const under = (part: string) => (path ? `${path}.${part}` : part);
  if (isConsumers(node)) return node.flatMap((item) => leaves(item, `${path}[${item.id}]`));
  if (typeof node === 'object' && node !== null && !Array.isArray(node)) {
    return Object.entries(node).flatMap(([key, value]) => (value === undefined ? [] : leaves(value, under(key))));
  }
  return [[path, spellValue(path, node)]];
}

function isConsumers(node: unknown): node is readonly { id: string }[] {
  return Array.isArray(node) && node.length > 0 && node.every((item) => typeof item === 'object' && 'id' in item);
}

/** Every number of a specification is a length of time, but for the two that count. */
function spellValue(path: string, value: unknown): string {
  if (typeof value !== 'number' || /\.(required|successes)$/.test(path)) return JSON.stringify(value);
  return words(value);
}
