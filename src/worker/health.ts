import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { KeyturnError } from '../contract/errors.ts';
import { metricsPort } from './runtime.ts';

export interface Health {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves `/healthz` (200 while the worker polls, 503 otherwise) and `/metrics` (Prometheus text). Nothing else, and no secrets. */
export async function serveHealth(at: { host: string; port: number }, state: () => string): Promise<Health> {
  const server = createServer((request, response) => {
    void answer(request.url ?? '/', state).then(({ status, type, body }) => {
      response.writeHead(status, { 'content-type': type }).end(body);
    });
  });
  server.listen(at.port, at.host);
  await once(server, 'listening').catch((error: unknown) => {
    const { code = 'an error' } = error as NodeJS.ErrnoException;
    const place = `${at.host} port ${at.port}`;
    throw new KeyturnError('invalid_request', `http: expected a free address; ${place} can't be used (${code})`);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function answer(url: string, state: () => string): Promise<{ status: number; type: string; body: string }> {
  const type = 'text/plain; charset=utf-8';
  if (url === '/healthz')
    return { status: state() === 'RUNNING' ? 200 : 503, type, body: `${state().toLowerCase()}\n` };
  if (url !== '/metrics') return { status: 404, type, body: 'not found\n' };
  try {
    const metrics = await fetch(`http://127.0.0.1:${metricsPort()}/metrics`);
    return { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: await metrics.text() };
  } catch {
    return { status: 503, type, body: 'no metrics yet\n' };
  }
}
