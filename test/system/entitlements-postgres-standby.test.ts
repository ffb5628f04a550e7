import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from 'pg';
import { Secret } from '../../src/contract/secret.ts';
import { startEmbedded } from '../../src/dev/backends/embedded.ts';
import { provider } from '../../src/providers/entitlements/postgres-grants.ts';
import { call, refuses } from '../conformance/credentials/stage.ts';
import { world } from './postgres-ground.ts';

test('I7: a standby may be behind, so it lists nothing, proves nothing and is not ready', async (t) => {
  const { postgres, stop } = await startEmbedded(['postgres']);
  t.after(stop);
  const { host, port, user, password, database } = postgres;
  const sql = new Client({ host, port, user, password, database, ssl: false });
  await sql.connect();
  await sql.query(
    "create role orders; grant pg_monitor to orders; create role admin superuser login password 'of-this-test'",
  );
  const { rows } = await sql.query<{ folder: string }>("select current_setting('data_directory') as folder");
  await sql.end();
  const admin = { user: 'admin', password: new Secret('of-this-test') };
  const timeouts = { connectTimeoutMs: 5_000, timeoutMs: 5_000 };
  const connection = { host, port, database, ...admin, tls: 'disable', ca: undefined, ...timeouts } as const;
  const grants = provider.create({ ...connection, pairs: false }, world);
  const id = 'orders member of pg_monitor';
  assert.equal((await grants.prove('orders', id, call())).is, 'yes');
  await writeFile(join(rows[0]?.folder ?? '', 'standby.signal'), '');
  await postgres.stop();
  await postgres.restart();
  assert.equal((await grants.prove('orders', id, call())).is, 'unknown');
  assert.equal((await grants.preflight?.('orders', call()))?.is, 'no');
  await refuses(['unavailable'], () => grants.list('orders', call()));
  await refuses(['unavailable'], () => grants.remove('orders', id, call()));
});
