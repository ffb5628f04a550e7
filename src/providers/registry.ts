import { readdir } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { Ports, Provider, Providers } from '../contract/provider.ts';

/** Every provider that lies in the folders of the ports beside this file: the folder is the registry, there is no list to edit. */
export async function loadProviders(): Promise<Providers> {
  const [credentials, consumers, entitlements, stores, authorities] = await Promise.all([
    load('credentials'),
    load('consumers'),
    load('entitlements'),
    load('stores'),
    load('authorities'),
  ]);
  return { credentials, consumers, entitlements, stores, authorities };
}

// oxlint-disable-next-line no-explicit-any
async function load<Port extends keyof Ports>(port: Port): Promise<Provider<Ports[Port], any>[]> {
  const folder = new URL(`./${port}/`, import.meta.url);
  const files = (await readdir(folder)).filter((file) => /^[^.]+\.(ts|js)$/.test(file)).toSorted();
  return Promise.all(files.map(async (file) => named(file, await import(new URL(file, folder).href))));
}

// oxlint-disable-next-line no-explicit-any
function named<Port>(file: string, module: { provider?: Provider<Port, any> }): Provider<Port, any> {
  const kind = basename(file, extname(file));
  if (module.provider?.kind === kind) return module.provider;
  throw new TypeError(`${file} must export \`provider\` with kind "${kind}", the name of its file`);
}
