const bao = 'address: "http://bao.example:8200", token: { env: PASSWORD }';
const awsKey = 'region: eu-central-1, accessKeyId: AKIAIOSFODNN7EXAMPLE, secretAccessKey: { env: PASSWORD }';

/** Changes to a good configuration that make it wrong in one way each, and what the error must say. */
export const malformed: [title: string, change: Record<string, string | undefined>, expected: RegExp][] = [
  ['an unknown field', { colour: 'red' }, /colour: is not a known field; expected one of .*fingerprintKey/],
  ['no fingerprint key', { fingerprintKey: undefined }, /fingerprintKey: expected \{ env: NAME \} or \{ file: PATH \}/],
  [
    'a secret pasted in',
    { fingerprintKey: 'canary-pasted-in' },
    /fingerprintKey: expected \{ env: NAME \} or \{ file: PATH \}/,
  ],
  [
    'a variable that is not set',
    { fingerprintKey: '{ env: NOWHERE }' },
    /fingerprintKey: expected the environment variable NOWHERE, which is not set/,
  ],
  [
    'an empty variable',
    { fingerprintKey: '{ env: EMPTY }' },
    /fingerprintKey: expected a secret; the variable EMPTY is empty/,
  ],
  [
    'a short fingerprint key',
    { fingerprintKey: '{ file: short }' },
    /fingerprintKey: expected at least 32 random characters/,
  ],
  [
    'a file that does not exist',
    { fingerprintKey: '{ file: nowhere }' },
    /fingerprintKey: expected the file \S*nowhere, which does not exist/,
  ],
  [
    'a file that others can read',
    { fingerprintKey: '{ file: open }' },
    /fingerprintKey: expected a file that its owner alone can read; .*chmod 600 \S*open/,
  ],
  ['a folder as a secret', { fingerprintKey: '{ file: . }' }, /fingerprintKey: expected \S+ to be a file/],
  ['a file name that is a number', { fingerprintKey: '{ file: 7 }' }, /fingerprintKey: expected a path as text/],
  [
    'an unknown provider',
    { store: '{ provider: valt }' },
    /store\.provider: expected a provider that this worker has, found "valt"; it has memory/,
  ],
  ['a connection without provider', { store: '{ address: x }' }, /store\.provider: expected text, it is missing/],
  [
    'an entitlement connection of an unknown provider',
    { entitlements: '{ rights: { provider: ldap } }' },
    /entitlements\.rights\.provider: expected a provider that this worker has, found "ldap"; it has grants/,
  ],
  [
    'an entitlement connection that lacks a field',
    { entitlements: '{ rights: { provider: grants } }' },
    /entitlements\.rights\.system: expected text, it is missing/,
  ],
  [
    'entitlements that are no mapping',
    { entitlements: '[]' },
    /entitlements: expected a mapping of fields, found a list/,
  ],
  [
    'a connection that is no mapping',
    { credentials: '{ orders-db: 5 }' },
    /credentials\.orders-db: expected a mapping of fields, found a number/,
  ],
  ['connections as a list', { consumers: '[]' }, /consumers: expected a mapping of fields, found a list/],
  [
    'a field that its provider does not know',
    { store: '{ provider: memory, path: x }' },
    /store\.path: is not a known field/,
  ],
  [
    'a wrong type in a connection',
    { credentials: '{ orders-db: { provider: database, host: db, port: high, password: { env: PASSWORD } } }' },
    /credentials\.orders-db\.port: expected a (whole )?number, found other text/,
  ],
  [
    'a number out of bounds',
    { credentials: '{ orders-db: { provider: database, host: db, port: 99999, password: { env: PASSWORD } } }' },
    /credentials\.orders-db\.port: expected at most 65535/,
  ],
  [
    'a missing secret of a provider',
    { credentials: '{ orders-db: { provider: database, host: db } }' },
    /credentials\.orders-db\.password: expected \{ env: NAME \} or \{ file: PATH \}, it is missing/,
  ],
  [
    'env and file at once',
    { credentials: '{ orders-db: { provider: database, host: db, password: { env: A, file: b } } }' },
    /credentials\.orders-db\.password: expected \{ env: NAME \} or \{ file: PATH \}, found a mapping/,
  ],
  [
    'a malformed connection name',
    { credentials: '{ "Orders DB": { provider: cloud, region: x } }' },
    /credentials\.Orders DB: .*expected 1 to 100 characters/,
  ],
  [
    'a codec key that is not 32 bytes',
    { codec: '{ current: k1, keys: { k1: { env: PASSWORD } } }' },
    /codec\.keys\.k1: expected 32 bytes as base64/,
  ],
  [
    'a current key that is none',
    { codec: '{ current: k2, keys: { k1: { env: CODEC } } }' },
    /codec\.current: expected the id of one of the keys/,
  ],
  [
    'a webhook that is no URL',
    { notify: '{ webhook: "file:///etc/passwd" }' },
    /notify\.webhook: expected a URL that begins with http/,
  ],
  [
    'a store by plain http on another machine',
    { store: `{ provider: openbao-kv, ${bao} }` },
    /store\.address: expected https; without allowPlainHttp, plain http is taken for this machine alone/,
  ],
  [
    'a login by plain http on another machine',
    { credentials: `{ ci: { provider: openbao-approle, ${bao}, allowPlainHttp: false } }` },
    /credentials\.ci\.address: expected https; .*plain http is taken for this machine alone/,
  ],
  [
    'a consumer by plain http on another machine',
    { consumers: `{ api: { provider: openbao-kv, ${bao} } }` },
    /consumers\.api\.address: expected https; .*plain http is taken for this machine alone/,
  ],
  [
    'a permission that is text',
    { store: `{ provider: openbao-kv, ${bao}, allowPlainHttp: "yes" }` },
    /store\.allowPlainHttp: expected true or false, found other text/,
  ],
  [
    'a workload by plain http on another machine',
    { consumers: '{ api: { provider: http, baseUrl: "http://api.example" } }' },
    /consumers\.api\.baseUrl: expected https; .*plain http is taken for this machine alone/,
  ],
  [
    'AWS by plain http on another machine',
    { credentials: `{ aws: { provider: aws-iam-access-key, ${awsKey}, endpoint: "http://iam.example" } }` },
    /credentials\.aws\.endpoint: expected https; .*plain http is taken for this machine alone/,
  ],
  ['a port that is none', { http: '{ port: 70000 }' }, /http\.port: expected at most 65535/],
  ['a store twice', { 'store ': '{ provider: memory }' }, /expected each key once/],
  ['no YAML', { temporal: '{ "' }, /\d+:\d+ the file: expected a closing quote/],
];
