import { Client, Connection } from '@temporalio/client';
import { dataConverter } from '../codec/data-converter.ts';
import type { KeyRing } from '../codec/key-ring.ts';
import { KeyturnError } from '../contract/errors.ts';
import { temporalConnection } from '../temporal-connection.ts';
import { asKeyturnError } from './failure.ts';

/** How to reach Temporal. What is absent comes from Temporal's own environment configuration. */
export interface ConnectOptions {
  readonly profile?: string | undefined;
  readonly namespace?: string | undefined;
  /** `host:port`. */
  readonly address?: string | undefined;
  readonly codec?: KeyRing | undefined;
  /** Who acts, as Temporal records it. A claim: nothing proves it. */
  readonly identity?: string | undefined;
  /** Default: `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
}

const patience = 5_000;

/** Connects, or fails within about five seconds: `unavailable` with the address, `denied` where Temporal refuses the client. */
export async function connect({ codec, identity, env = process.env, ...wanted }: ConnectOptions): Promise<Client> {
  const { connectionOptions, namespace } = temporalConnection(wanted, env);
  const connection = Connection.lazy({ ...connectionOptions, connectTimeout: patience });
  try {
    await connection.ensureConnected();
  } catch (error) {
    await connection.close();
    const known = asKeyturnError(error, { kind: 'namespace', id: connectionOptions.address });
    if (known instanceof KeyturnError && known.code === 'denied') throw known;
    throw new KeyturnError(
      'unavailable',
      `Temporal at ${connectionOptions.address} gave no answer within ${patience / 1_000} seconds`,
      'is it running? Its address: --address, TEMPORAL_ADDRESS, or a profile of temporal.toml',
    );
  }
  return new Client({
    connection,
    namespace,
    identity: identity ?? 'keyturn',
    dataConverter: dataConverter(codec),
  });
}
