import pg from 'pg';
import type { PostgresBackend } from '../../src/dev/backends/postgres.ts';

/** A part of the histories: each run lies in one shard, and each shard belongs to one history node. */
export interface Shard {
  /** Host and port of the node; absent while nobody has taken it. */
  readonly owner: string | undefined;
  /** Workflow ids of the runs in it. */
  readonly runs: readonly string[];
}

const statement = `
  select shards.data, array_remove(array_agg(workflow_id), null) as runs
    from shards left join current_executions using (shard_id)
   group by shard_id, shards.data order by shard_id`;

/** All shards that were ever taken, read where the nodes themselves agree on who owns which: in the database of Temporal. */
export async function readShards(postgres: PostgresBackend): Promise<readonly Shard[]> {
  const client = new pg.Client({ ...postgres, database: 'temporal' });
  await client.connect();
  try {
    const { rows } = await client.query<{ data: Buffer; runs: string[] }>(statement);
    // A protobuf message with the owner as text in it: host, port, and what tells one start of the node from the next.
    return rows.map(({ data, runs }) => ({ owner: /127\.0\.0\.1:\d+/.exec(data.toString('latin1'))?.[0], runs }));
  } finally {
    await client.end();
  }
}
