import pg from 'pg';

/** Tries a password at a PostgreSQL of the demo, without Keyturn: `accepted`, or the code of the error. */
export async function logIn(
  { host, port }: { readonly host: string; readonly port: number },
  user: string,
  password: string,
): Promise<string> {
  const client = new pg.Client({ host, port, database: 'orders', user, password });
  return client.connect().then(
    async () => (await client.end(), 'accepted'),
    (error: { code?: string }) => String(error.code),
  );
}
