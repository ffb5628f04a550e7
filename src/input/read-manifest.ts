import { manifest, type Manifest } from '../contract/manifest.ts';
import type { DeclaredIdentity } from '../contract/identity.ts';
import { check } from './problems.ts';
import { readYaml } from './read-yaml.ts';

/** A manifest that was found right: each identity parsed, and as the file writes it, which is what is sent. */
export interface ManifestFile {
  readonly manifest: Manifest;
  readonly declared: readonly DeclaredIdentity[];
}

/** Reads `keyturn.yaml`. Fails with every problem at once, each with its line, column and path. */
export async function readManifest(path: string): Promise<ManifestFile> {
  const file = await readYaml(path);
  const { value, problems } = check(manifest, file.value);
  if (!value) throw file.invalid(problems);
  return { manifest: value, declared: (file.value as { identities: DeclaredIdentity[] }).identities };
}
