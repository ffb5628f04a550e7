import { z } from 'zod';
import type { MovedByMachine } from '../../contract/consumers.ts';
import { KeyturnError } from '../../contract/errors.ts';
import type { Read, Write } from '../../contract/call.ts';
import type { Provider, World } from '../../contract/provider.ts';
import type { Fingerprint } from '../../contract/references.ts';
import { Secret } from '../../contract/secret.ts';
import { observe, type Sight } from '../observe.ts';
import { openbaoConnection, openbaoPath, openOpenBao, type Fields } from '../openbao-client.ts';
import { openKeyValue, type KeyValue } from '../openbao-key-value.ts';
import { checkRights } from '../openbao-rights.ts';
import { pathSegments } from '../path-segments.ts';
import { openWorkload, workloadConnection } from '../workload-client.ts';

const fieldName = z.string().regex(/^[\w.-]{1,100}$/, 'expected 1 to 100 letters, digits and . _ -');

const config = openbaoConnection
  .extend({
    mount: openbaoPath.prefault('secret').describe('A mount of the key-value engine, version 2.'),
    usernameField: fieldName.default('username').describe("Takes the credential's id."),
    secretField: fieldName.default('password'),
    workload: workloadConnection.optional().describe('Who reads this, is told to reload, and reports what it runs on.'),
  })
  .refine(
    ({ usernameField, secretField }) => new Set([usernameField, secretField, 'fingerprint']).size === 3,
    'expected usernameField, secretField and "fingerprint" to be three different names',
  );

/**
 * A workload that reads its credential from a path of OpenBao's key-value engine, version 2; `target` is that path.
 *
 * Other fields at the path stay as they are, and check-and-set keeps a change that somebody else makes meanwhile. Without
 * `workload`, `verify` can only see what rests at the path, not what runs: use that where readers take up a new version at
 * once. With it, `apply` is the workload's reload and `verify` is also its own report. The secret at the path is compared
 * itself; a `fingerprint` field beside another secret is a `no`. https://openbao.org/api-docs/secret/kv/kv-v2/
 */
export const provider: Provider<MovedByMachine, z.output<typeof config>> = {
  kind: 'openbao-kv',
  config,
  create({ mount, usernameField, secretField, workload, ...connection }, world) {
    const bao = openOpenBao(connection, world);
    const kv = openKeyValue(bao, mount);
    const running = workload && openWorkload(workload, world, '');
    return {
      by: 'machine',
      deliver: (target, { ref, secret, fingerprint }, call) =>
        merge(kv, target, { [usernameField]: ref.id, [secretField]: secret.reveal(), fingerprint }, call),
      ...(running && { apply: (_target: string, call: Write) => running.reload(call) }),
      verify: (target, wanted, call) =>
        observe(world, async () => {
          const rests = await lookAt(kv, target, secretField, wanted, world, call);
          return running && rests[0] === 'yes' ? running.isOn(wanted, call) : rests;
        }),
      preflight: (target, call) =>
        observe(world, async () => {
          const path = kv.dataPath(pathSegments(target, 'target'));
          const mounted = await kv.inspect(call);
          if (mounted[0] !== 'yes') return mounted;
          const capabilities = ['create', 'read', 'update'];
          const allowed = await checkRights(bao, [{ name: 'the path', path, capabilities }], call);
          return running && allowed[0] === 'yes' ? running.reports(call) : allowed;
        }),
    };
  },
};

const attempts = 5;

/** Writes fields beside those that are there; what is there already makes no new version. */
async function merge(kv: KeyValue, target: string, fields: Fields, call: Write): Promise<void> {
  const path = pathSegments(target, 'target');
  for (let attempt = 1; ; attempt += 1) {
    const entry = await kv.read(path, call);
    if (Object.entries(fields).every(([name, value]) => entry?.fields?.[name] === value)) return;
    try {
      await kv.write(path, { ...entry?.fields, ...fields }, entry?.version ?? 0, call);
      return;
    } catch (error) {
      if (!(error instanceof KeyturnError) || error.code !== 'conflict' || attempt === attempts) throw error;
    }
  }
}

async function lookAt(
  kv: KeyValue,
  target: string,
  secretField: string,
  wanted: Fingerprint,
  { fingerprint }: World,
  call: Read,
): Promise<Sight> {
  const fields = (await kv.read(pathSegments(target, 'target'), call))?.fields;
  const secret = fields?.[secretField];
  if (typeof secret !== 'string' || secret === '') return ['no', 'no secret rests at the path'];
  if (fingerprint(new Secret(secret)) !== wanted) return ['no', 'another secret rests at the path'];
  const told = fields?.['fingerprint'] ?? wanted;
  return told === wanted
    ? ['yes', 'the secret rests at the path']
    : ['no', 'the fingerprint beside the secret is that of another one'];
}
