import type { ConnectionLike } from '@temporalio/client';
import proto from '@temporalio/proto';
import { KeyturnError } from '../contract/errors.ts';
import { searchAttributes } from '../contract/search-attributes.ts';
import type { Calls } from './calls.ts';

const { IndexedValueType } = proto.temporal.api.enums.v1;
const wanted = Object.entries(searchAttributes).map(
  ([attribute, type]) => [attribute, IndexedValueType[`INDEXED_VALUE_TYPE_${type}`]] as const,
);

/** Which attributes were registered by this call, and which were there before it. */
export interface Registered {
  readonly added: readonly string[];
  readonly present: readonly string[];
}

/** Registers the search attributes that are missing. `conflict` when one exists with another type: it is left as it is. */
export async function registerSearchAttributes(calls: Calls): Promise<Registered> {
  const { namespace } = calls.temporal.options;
  return calls.ask({ kind: 'namespace', id: namespace }, () => register(calls.temporal.connection, namespace));
}

async function register({ operatorService }: ConnectionLike, namespace: string): Promise<Registered> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const wrong = wanted.filter(([attribute, type]) => (customAttributes[attribute] ?? type) !== type);
  if (wrong.length > 0) {
    const names = wrong.map(([attribute]) => attribute).join(', ');
    throw new KeyturnError('conflict', `search attributes exist with another type in namespace ${namespace}: ${names}`);
  }
  const missing = wanted.filter(([attribute]) => customAttributes[attribute] === undefined);
  if (missing.length > 0) {
    await operatorService.addSearchAttributes({ namespace, searchAttributes: Object.fromEntries(missing) });
  }
  const added = missing.map(([attribute]) => attribute);
  return { added, present: Object.keys(searchAttributes).filter((attribute) => !added.includes(attribute)) };
}
