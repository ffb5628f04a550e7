import pg from 'pg';
import { serve, type Delivered } from './workload.ts';

/** The consumer of the first scene: it answers each request with a query, over a pool that it replaces when it reloads. */
class Orders {
  #pool: pg.Pool | undefined;

  async take({ username, password }: Delivered): Promise<void> {
    // Host, port and database come from PGHOST, PGPORT and PGDATABASE.
    const next = new pg.Pool({ user: username, password, max: 4 });
    next.on('error', () => {});
    await next.query('select 1');
    const before = this.#pool;
    this.#pool = next;
    // Requests that are under way finish on the pool that they began with.
    void before?.end();
  }

  async use(): Promise<unknown> {
    const result = await this.#pool?.query('select count(*)::int as orders, current_user as "as" from orders');
    return result?.rows[0];
  }
}

await serve(new Orders());
