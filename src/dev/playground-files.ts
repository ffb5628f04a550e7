import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isScalar, isSeq, parseDocument, YAMLMap } from 'yaml';

const demo = fileURLToPath(new URL('../../examples/demo/keyturn.yaml', import.meta.url));

/** Where workloads that read their credential from a file find it: a folder for each, for its owner alone. */
export async function makeFiles(folder: string): Promise<string> {
  const root = join(folder, 'files');
  for (const workload of ['reports', 'ci']) await mkdir(join(root, workload), { recursive: true, mode: 0o700 });
  return root;
}

/** The demo's manifest, with the ids in it that were drawn just now; an identity whose system does not run here is left out. */
export async function writeManifest(
  folder: string,
  ids: Readonly<Record<string, string>>,
  absent: readonly string[],
): Promise<string> {
  let text = await readFile(demo, 'utf8');
  for (const [name, id] of Object.entries(ids)) text = text.replace(name, id);
  const manifest = parseDocument(text);
  const identities = manifest.get('identities');
  if (isSeq(identities)) identities.items = identities.items.filter((each) => !absent.includes(idOf(each)));
  const path = join(folder, 'keyturn.yaml');
  await writeFile(path, manifest.toString({ lineWidth: 0 }));
  return path;
}

function idOf(identity: unknown): string {
  const id = identity instanceof YAMLMap ? identity.get('id', true) : undefined;
  return isScalar(id) ? String(id.value) : '';
}
