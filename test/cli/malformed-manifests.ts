import { stringify } from 'yaml';

type Fields = Record<string, unknown>;
export type Malformed = readonly [title: string, file: string | Uint8Array, expected: RegExp];

const gate = { approvers: ['dana@example.com'], proof: 'none' };
const consumer = { id: 'api', connection: 'kv' };
/** The entry of a manifest that all of them are made from; it is right. */
export const good = {
  id: 'orders',
  kind: 'database-user',
  owner: 'team@example.com',
  credential: { connection: 'db', account: 'orders', adopt: { id: 'orders_a', secret: 'apps/orders' } },
  consumers: [consumer, { id: 'jobs', connection: 'kv', after: ['api'] }],
  gates: { retirement: gate, intervention: gate },
};

export const withFields = (change: Fields) => stringify({ version: 1, identities: [{ ...good, ...change }] });
const without = (field: keyof typeof good) => {
  const { [field]: _gone, ...rest } = good;
  return stringify({ version: 1, identities: [rest] });
};
const withCredential = (change: Fields) => withFields({ credential: { ...good.credential, ...change } });
const withConsumers = (...consumers: unknown[]) => withFields({ consumers });
const withRetirement = (change: Fields) =>
  withFields({ gates: { retirement: { ...gate, ...change }, intervention: gate } });

const levels = Array.from({ length: 12 }, (_, at) => `l${at + 1}: &l${at + 1} [${`*l${at},`.repeat(12)}]`);
const aliasBomb = ['l0: &l0 [x,x,x,x,x,x,x,x,x]', ...levels, 'version: 1', 'identities: *l12'].join('\n');

/** Manifests that are wrong in one way each, and what the error must say. */
export const malformed: readonly Malformed[] = [
  [
    'a flow mapping that is not closed',
    'version: 1\nidentities: [{ id: orders',
    /1 problem.*\n  2:\d+ the file: expected other indentation, or a closing bracket/,
  ],
  [
    'a tab as indentation',
    'version: 1\nidentities:\n\t- id: orders',
    /3:1 the file: expected spaces as indentation, found a tab/,
  ],
  ['a key twice', 'version: 1\nversion: 1\nidentities: []', /2:1 the file: expected each key once/],
  ['two documents', 'version: 1\n---\nversion: 1\n', /2:\d+ the file: expected one YAML document/],
  ['an alias of nothing', 'version: 1\nidentities: *none', /2:13 the file: expected an alias of an anchor/],
  [
    'an alias inside its own anchor',
    'version: 1\nidentities: &a [*a]',
    /2:17 the file: expected an alias of an anchor that is complete above it/,
  ],
  ['an alias bomb', aliasBomb, /the file: expected fewer aliases/],
  ['an empty file', '', /1:1 the file: expected a mapping of fields, it is missing/],
  ['a JSON array', '[{"version":1}]', /1:1 the file: expected a mapping of fields, found a list/],
  [
    'binary data',
    Uint8Array.from({ length: 256 }, (_, at) => at),
    /the file: expected UTF-8 text without control characters/,
  ],
  ['text in UTF-16', Buffer.from('\uFEFFversion: 1', 'utf16le'), /the file: expected UTF-8 text/],
  ['another version', stringify({ version: 2, identities: [good] }), /1:1 version: expected 1/],
  ['the version as text', stringify({ version: '1', identities: [good] }), /1:1 version: expected 1/],
  ['no identities', 'version: 1\nidentities: []', /2:1 identities: expected at least one identity/],
  [
    'an identity that is text',
    'version: 1\nidentities: [orders]',
    /2:14 identities\[0\]: expected a mapping of fields, found other text/,
  ],
  [
    'an unknown field',
    withFields({ colour: 'red' }),
    /identities\[0\]\.colour: is not a known field; expected one of id, kind, owner/,
  ],
  ['an unknown top field', 'versoin: 1', /1:1 versoin: is not a known field; expected one of version, identities/],
  ['a merge key', withFields({ '<<': {} }), /identities\[0\]\.<<: is not a known field/],
  ['no owner', without('owner'), /identities\[0\]\.owner: expected text, it is missing/],
  [
    'an empty owner',
    withFields({ owner: '' }),
    /identities\[0\]\.owner: expected a name or mail address of 1 to 200 characters/,
  ],
  [
    'an unknown kind',
    withFields({ kind: 'password' }),
    /identities\[0\]\.kind: expected "api-key" or "service-account"/,
  ],
  ['a non-ASCII id', withFields({ id: 'oрders' }), /identities\[0\]\.id: expected 1 to 100 characters of a-z/],
  ['an id of 10 kB', withFields({ id: 'x'.repeat(10_000) }), /identities\[0\]\.id: expected 1 to 100 characters/],
  ['an id that walks', withFields({ id: '../orders' }), /identities\[0\]\.id: expected 1 to 100 characters/],
  [
    'an identity twice',
    stringify({ version: 1, identities: [good, good] }, { aliasDuplicateObjects: false }),
    /identities\[1\]\.id: expected ids that differ; "orders" is declared twice/,
  ],
  [
    'a newline in the account',
    withCredential({ account: 'orders\nadmin' }),
    /identities\[0\]\.credential\.account: expected no control characters/,
  ],
  [
    'nothing to adopt',
    withCredential({ adopt: undefined }),
    /identities\[0\]\.credential\.adopt: expected a mapping of fields, it is missing/,
  ],
  [
    'too many successes',
    withCredential({ propagation: { successes: 21 } }),
    /credential\.propagation\.successes: expected at most 20/,
  ],
  ['no consumers', withConsumers(), /identities\[0\]\.consumers: expected at least one consumer/],
  [
    'a consumer twice',
    withConsumers(consumer, consumer),
    /identities\[0\]\.consumers\[1\]\.id: expected ids that differ/,
  ],
  [
    'a consumer after itself',
    withConsumers({ ...consumer, after: ['api'] }),
    /consumers\[0\]\.after: expected an order; these wait for each other: api/,
  ],
  [
    'consumers in a circle',
    withConsumers({ ...consumer, after: ['jobs'] }, { id: 'jobs', connection: 'kv', after: ['api'] }),
    /consumers\[0\]\.after: expected an order; these wait for each other: api, jobs/,
  ],
  [
    'after an unknown consumer',
    withConsumers({ ...consumer, after: ['none'] }),
    /consumers\[0\]\.after: expected the id of another consumer; "none" is not one/,
  ],
  [
    'canary as text',
    withConsumers({ ...consumer, canary: 'yes' }),
    /consumers\[0\]\.canary: expected true or false, found other text/,
  ],
  [
    'a duration without unit',
    withFields({ quiet: '10' }),
    /identities\[0\]\.quiet: expected a duration such as 90s, 10m/,
  ],
  ['a duration as number', withFields({ observe: 10 }), /identities\[0\]\.observe: expected text, found a number/],
  [
    'F7: a quiet period shorter than a cache',
    withFields({ quiet: '1m', consumers: [{ ...consumer, cacheTtl: '5m' }] }),
    /identities\[0\]\.quiet: expected at least the longest cacheTtl/,
  ],
  [
    'F7: rotations that overtake each other',
    withFields({ rotate: { every: '10m' } }),
    /identities\[0\]\.rotate\.every: expected longer than quiet and observe together/,
  ],
  [
    'a gate that expires at once',
    withRetirement({ expires: '59s' }),
    /identities\[0\]\.gates\.retirement\.expires: expected at least 1m/,
  ],
  [
    'a reminder every millisecond',
    withRetirement({ remind: '1ms' }),
    /identities\[0\]\.gates\.retirement\.remind: expected at least 1m/,
  ],
  [
    'an escalation at once',
    withRetirement({ escalate: { after: '1s', to: ['boss@example.com'] } }),
    /identities\[0\]\.gates\.retirement\.escalate\.after: expected at least 1m/,
  ],
  [
    'a gate for a century',
    withRetirement({ expires: '36500d' }),
    /\.gates\.retirement\.expires: expected at most 3650d/,
  ],
  ['a day more than ten years', withFields({ observe: '3651d' }), /identities\[0\]\.observe: expected at most 3650d/],
  [
    'a rotation in no lifetime',
    withFields({ rotate: { every: '9999999d' } }),
    /\.rotate\.every: expected at most 3650d/,
  ],
  [
    'a cache for ever',
    withConsumers({ ...consumer, cacheTtl: '87601h' }),
    /identities\[0\]\.consumers\[0\]\.cacheTtl: expected at most 3650d/,
  ],
  [
    'propagation in no lifetime',
    withCredential({ propagation: { within: '9999999h' } }),
    /credential\.propagation\.within: expected at most 3650d/,
  ],
  ['retries without end', withFields({ retryFor: '9999999m' }), /identities\[0\]\.retryFor: expected at most 3650d/],
  [
    'more required than approvers',
    withRetirement({ required: 2 }),
    /gates\.retirement\.approvers: expected at least 2 people/,
  ],
  ['nobody as approver', withRetirement({ approvers: [] }), /gates\.retirement\.approvers: expected at least 1 people/],
  ['no proof', withRetirement({ proof: undefined }), /gates\.retirement\.proof: expected "none"/],
  ['a proof of another release', withRetirement({ proof: 'oidc' }), /gates\.retirement\.proof: expected "none"/],
  ['no gates', without('gates'), /identities\[0\]\.gates: expected a mapping of fields, it is missing/],
];
