import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after } from 'node:test';
import { Client, Connection } from '@temporalio/client';
import { stringify } from 'yaml';
import { drawKey } from '../../src/certificates/signing-key.ts';
import { KeyturnClient } from '../../src/client.ts';
import { startEmbedded } from '../../src/dev/backends/embedded.ts';
import { startChild } from '../../src/dev/child.ts';
import { attributesOfNamespace } from '../../src/dev/ground.ts';
import { revokedBy } from '../../src/dev/look-at-certificate.ts';
import { provider as acme } from '../../src/providers/authorities/acme.ts';
import { provider as pki } from '../../src/providers/authorities/openbao-pki.ts';
import { startTxtServer } from '../fakes/txt-server.ts';
import { worldOf } from '../fakes/world.ts';
import { challengeAt, offerAcme } from './acme-fixture.ts';
import { administer, policies } from './openbao-fixture.ts';
import { mountPki } from './openbao-pki-fixture.ts';
import { connectionOf, identityOf, openSite, type Authorities, type Site, type Wanted } from './reissue-site.ts';

/**
 * A Temporal, an OpenBao that signs under one role and speaks ACME, web servers that serve what it has signed, and a worker with the
 * rights that preflight asks for and no more. Payloads are not encrypted here, so that a history shows what is in it.
 */
export async function startReissueGround<Id extends string>(wanted: Readonly<Partial<Record<Id, Wanted>>>) {
  const backends = await startEmbedded(['temporal', 'openbao'], {
    temporal: { searchAttributes: attributesOfNamespace(), headless: true },
  });
  after(() => backends.stop());
  const { openbao, temporal, folder } = backends;
  const bao = administer(openbao);
  const root = await mountPki(bao);
  const records = await startTxtServer();
  after(() => records.close());
  const directory = await offerAcme(bao, records);
  const accountKey = await drawKey('ecdsa-p256');
  const ordering = { directory, challenge: challengeAt(records), reasons: false };
  const authorities: Authorities = {
    ca: pki.create(pki.config.parse({ address: bao.address, token: bao.token, role: 'web' }), worldOf('ca')),
    acme: acme.create(acme.config.parse({ ...ordering, accountKey }), worldOf('acme')),
  };
  const sites = {} as Record<Id, Site>;
  for (const id of Object.keys(wanted) as Id[]) {
    const site = await openSite({ id, folder, bao, authorities, root }, wanted[id]!);
    after(() => site.close());
    sites[id] = site;
  }
  const vault = { address: bao.address, token: { env: 'TEST_BAO_TOKEN' } };
  const config = {
    fingerprintKey: { env: 'TEST_FINGERPRINT_KEY' },
    store: { provider: 'openbao-kv', ...vault },
    credentials: {},
    authorities: {
      ca: { provider: 'openbao-pki', role: 'web', ...vault },
      acme: { provider: 'acme', ...ordering, accountKey: { env: 'TEST_ACCOUNT_KEY' } },
    },
    consumers: Object.fromEntries(Object.values<Site>(sites).flatMap((site) => connectionOf(site, root))),
  };
  await writeFile(join(folder, 'keyturn.worker.yaml'), stringify(config));
  const env = {
    TEMPORAL_ADDRESS: temporal.address,
    KEYTURN_CONFIG: join(folder, 'keyturn.worker.yaml'),
    TEST_FINGERPRINT_KEY: 'of these tests, and longer than thirty-two characters',
    TEST_BAO_TOKEN: (await bao.tokenFor(`${policies.store}\n${policies.pki}`)).reveal(),
    TEST_ACCOUNT_KEY: accountKey.reveal(),
  };
  const logFile = join(folder, 'worker.log');
  const args = [join(import.meta.dirname, '../../src/cli.ts'), 'worker', '--promote'];
  const worker = await startChild({ args, env, logFile, ready: /new operations start on this build/ });
  after(() => worker.stop());
  const connection = await Connection.connect({ address: temporal.address });
  after(() => connection.close());
  const client = new KeyturnClient(new Client({ connection }));
  for (const site of Object.values<Site>(sites)) await client.declare(identityOf(site));
  return {
    client,
    /** Temporal's own, for histories. */
    temporal: new Client({ connection }),
    logFile,
    sites,
    /** What list and responder say, looked up without Keyturn. */
    revoked: (certificate: X509Certificate) => revokedBy(bao, certificate, new X509Certificate(root)),
  };
}
