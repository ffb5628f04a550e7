import { X509Certificate } from 'node:crypto';
import { startTlsLoad } from '../client-load.ts';
import { lookAtServed, revokedBy, type Looked } from '../look-at-certificate.ts';
import type { Narrator } from '../narrator.ts';
import type { Playground } from '../playground.ts';
import type { Shop } from '../shop.ts';
import { followOperation, runUrl } from './follow.ts';

/**
 * The certificate of a web server is reissued while clients keep shaking hands, and the old one is revoked once every name was seen
 * to serve the new one. Returns whether all went as promised.
 */
export async function certificateScene(place: Playground, narrator: Narrator, yes: boolean): Promise<boolean> {
  narrator.title('The certificate of a web server that is in use');
  const { shop, backends } = place;
  if (!shop) throw new Error('this scene needs the web server of the playground');
  const { nginx, served, first } = shop;
  const { host, port } = nginx;
  const serverNames = served.map(({ serverName }) => serverName);
  await using load = startTlsLoad({ host, port, serverNames, root: first.root });
  const root = new X509Certificate(first.root);
  const revocationOf = ([seen]: readonly Named[]) => revokedBy(backends.openbao, seen!.certificate, root);
  const before = await look(shop);
  const unharmed = await revocationOf(before);
  const started = await place.client.reissue({ identity: 'shop-cert', reason: 'the demo', requestedBy: 'demo' });
  narrator.say(`started ${started.workflowId}`);
  const { outcome, status } = await followOperation(place, narrator, started, yes);
  const after = await look(shop);
  await load.stop();

  const [old, fresh] = [await revocationOf(before), await revocationOf(after)];
  narrator.table(status.steps);
  narrator.facts([
    ['outcome', `${outcome.result}: ${outcome.because}`],
    ...before.map((each) => ['served before', wordsOf(each)] as const),
    ...after.map((each) => ['served after', wordsOf(each)] as const),
    ['asked of OpenBao', revocationWords(old)],
    ['clients', `${load.failed} of ${load.requests} handshakes failed meanwhile`],
    ['in the Temporal UI', runUrl(place, started)],
  ]);
  return (
    outcome.result === 'completed' &&
    after.every(({ serial }) => serial !== before[0]!.serial && serial === after[0]!.serial) &&
    [unharmed, fresh].every(({ list, responder }) => !list && !responder) &&
    old.list &&
    old.responder &&
    load.requests > 0 &&
    load.failed === 0
  );
}

type Named = Looked & { readonly serverName: string };

/** What a client of this scene's own sees, name by name. */
async function look({ nginx, served, first }: Shop): Promise<readonly Named[]> {
  return Promise.all(
    served.map(async ({ serverName }) => ({ serverName, ...(await lookAtServed(nginx, serverName, first.root)) })),
  );
}

function wordsOf({ serverName, serial, fingerprint }: Named): string {
  return `${serverName}: serial ${serial}, sha256 ${fingerprint}`;
}

function revocationWords({ list, responder }: { readonly list: boolean; readonly responder: boolean }): string {
  if (list && responder) return 'old certificate revoked, by the revocation list and the OCSP responder';
  const still = [list ? '' : 'the revocation list', responder ? '' : 'the OCSP responder'].filter(Boolean);
  return `OLD CERTIFICATE NOT REVOKED, by ${still.join(' and ')}`;
}
