import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startNginx, type NginxBackend } from './backends/nginx.ts';
import type { OpenBaoBackend } from './backends/openbao.ts';
import { askOpenBao } from './ask-openbao.ts';
import { seedCertificates, shopNames, type SeededCertificate } from './seed-certificates.ts';

/** A web server on TLS under two names, each with a file of its own that holds its key and chain. */
export interface Shop {
  readonly nginx: NginxBackend;
  /** Each name, and the file below the folder of all files from which it is served. */
  readonly served: readonly { readonly serverName: string; readonly target: string }[];
  /** The certificate that was in use before Keyturn came. */
  readonly first: SeededCertificate;
}

/** Has a certificate signed, puts it where Keyturn finds it and where nginx reads it, and starts nginx. */
export async function startShop(
  { openbao, folder }: { readonly openbao: OpenBaoBackend; readonly folder: string },
  filesRoot: string,
): Promise<Shop> {
  const first = await seedCertificates(openbao);
  await askOpenBao(openbao, 'secret/data/apps/shop/tls', { data: { bundle: first.bundle } });
  const served = shopNames.map((serverName) => ({ serverName, target: `shop/${serverName}.pem` }));
  await mkdir(join(filesRoot, 'shop'), { recursive: true, mode: 0o700 });
  for (const { target } of served) await writeFile(join(filesRoot, target), first.bundle, { mode: 0o600 });
  const servers = served.map(({ serverName, target }) => ({ serverName, pemFile: join(filesRoot, target) }));
  return { nginx: await startNginx({ folder, servers }), served, first };
}
