import { z } from 'zod';
import type { Delivered } from '../contract/consumers.ts';
import { KeyturnError, type ErrorCode } from '../contract/errors.ts';
import type { Read, Write } from '../contract/call.ts';
import type { World } from '../contract/provider.ts';
import type { Fingerprint } from '../contract/references.ts';
import { headerSecret, privateBaseUrl, requestTimeout } from './http-connection.ts';
import { exchange, lost, type HttpAnswer } from './http-exchange.ts';
import type { Sight } from './observe.ts';
import { pathSegments } from './path-segments.ts';

const endpoint = z
  .string()
  .regex(/^(\/(?!\.{1,2}(\/|$))[\w.~-]+)+$/, 'expected a path such as /-/reload, without . and .. in it');

/** How a worker reaches a workload that answers the requests of {@link Workload}. */
export const workloadConnection = z.strictObject({
  baseUrl: privateBaseUrl,
  token: headerSecret.optional().describe('Sent as a bearer token.'),
  reloadPath: endpoint.default('/-/reload'),
  statusPath: endpoint.default('/-/credential'),
  timeoutMs: requestTimeout,
});

export type WorkloadConnection = z.output<typeof workloadConnection>;

/**
 * What a workload can be asked over HTTP. It answers a change with 204, or with 200, 202 or a refusing status and a JSON body.
 * Anything else, such as a proxy's page, leaves the outcome unknown.
 */
export interface Workload {
  /** `PUT` of `{ id, secret, fingerprint }` to the status path. The second one changes nothing. */
  push(credential: Delivered, call: Write): Promise<void>;
  /** `POST` to the reload path: take up what was delivered. */
  reload(call: Write): Promise<void>;
  /**
   * `GET` of the status path, answered with 200 and `{ "fingerprint": "hmac-sha256:…", "working": true }`: what it runs on, and
   * whether it works with that. Nothing else is a yes or a no (F25).
   */
  isOn(wanted: Fingerprint, call: Read): Promise<Sight>;
  /** Whether it reports at all, on whatever it runs. */
  reports(call: Read): Promise<Sight>;
}

/** `prefix` is a path below the base URL, or empty. */
export function openWorkload(config: WorkloadConnection, { fetch }: World, prefix: string): Workload {
  const { baseUrl, token, reloadPath, statusPath } = config;
  const below = prefix === '' ? '' : `/${pathSegments(prefix, 'target').map(encodeURIComponent).join('/')}`;
  const send = (method: string, path: string, { signal }: Read, body?: object) =>
    exchange(fetch, {
      system: 'the workload',
      method,
      url: `${baseUrl}${below}${path}`,
      headers: token ? { authorization: `Bearer ${token.reveal()}` } : {},
      body,
      changes: method !== 'GET',
      timeoutMs: config.timeoutMs,
      signal,
    });
  const report = async (call: Read) => reportIn(await send('GET', statusPath, call));
  return {
    async push({ ref, secret, fingerprint }, call) {
      taken(await send('PUT', statusPath, call, { id: ref.id, secret: secret.reveal(), fingerprint }));
    },
    async reload(call) {
      taken(await send('POST', reloadPath, call));
    },
    async isOn(wanted, call) {
      const { fingerprint, working } = await report(call);
      if (fingerprint !== wanted) return ['no', 'the workload reports that it runs on another credential'];
      return working
        ? ['yes', 'the workload reports that it runs on this credential and works']
        : ['no', 'the workload reports that it runs on this credential and does not work'];
    },
    async reports(call) {
      await report(call);
      return ['yes', 'the workload reports what it runs on'];
    },
  };
}

const reportShape = z.object({ fingerprint: z.string(), working: z.boolean() });

function reportIn({ status, json }: HttpAnswer): z.output<typeof reportShape> {
  const report = reportShape.safeParse(json);
  if (status === 200 && report.success) return report.data;
  throw new KeyturnError('unavailable', 'the workload does not report what it runs on');
}

const refusals: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  400: ['invalid_request', 'the workload calls the request invalid'],
  401: ['denied', 'the workload refuses the token of this connection'],
  403: ['denied', 'the workload refuses this connection'],
  404: ['not_found', 'the workload has no such path'],
  405: ['invalid_request', 'the workload does not do this at this path'],
  429: ['throttled', 'the workload asks to slow down'],
};

function taken({ status, json }: HttpAnswer): void {
  if (status === 204 || ((status === 200 || status === 202) && json !== undefined)) return;
  const refusal = json === undefined ? undefined : refusals[status];
  throw refusal ? new KeyturnError(...refusal) : lost({ system: 'the workload', changes: true });
}
