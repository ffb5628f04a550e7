import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** One service of docker-compose.yml, as far as it is used here: the short forms of lists are those that the file uses. */
export interface ComposeEntry {
  readonly image: string;
  readonly build?: { readonly context: string; readonly target?: string };
  readonly user?: string;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly network_mode?: string;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeEntry>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly configs: Readonly<Record<string, { readonly file: string }>>;
}

export const repository = new URL('../../', import.meta.url);

/** docker-compose.yml with its anchors and merge keys resolved. Each call reads it anew, so that a test may break its copy. */
export function readComposeFile(): ComposeFile {
  return parse(readFileSync(new URL('docker-compose.yml', repository), 'utf8'), { merge: true }) as ComposeFile;
}

/** These services, by default all, and all that they depend on, in the order in which Compose starts them. */
export function startOrder({ services }: ComposeFile, names = Object.keys(services)): readonly string[] {
  const ordered: string[] = [];
  const visit = (name: string): void => {
    if (ordered.includes(name)) return;
    for (const before of Object.keys(services[name]?.depends_on ?? {})) visit(before);
    ordered.push(name);
  };
  for (const name of names) visit(name);
  return ordered;
}

/** Whether a service does its work and ends, instead of staying. */
export function isOneShot({ healthcheck }: ComposeEntry): boolean {
  return healthcheck?.disable === true;
}
