import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { fromPem } from '../certificates/pem.ts';
import { isAddress } from '../certificates/subject-names.ts';
import type { SigningRequest } from '../contract/authorities.ts';
import type { Read, Write } from '../contract/call.ts';
import { KeyturnError } from '../contract/errors.ts';
import { show, withdraw, type AcmeChallenge, type Shown } from './acme-challenge.ts';
import type { Acme } from './acme-client.ts';
import { acmeFailure } from './acme-errors.ts';
import { lost, type HttpAnswer } from './http-exchange.ts';

export interface Ordering {
  readonly acme: Acme;
  readonly challenge: AcmeChallenge;
  readonly profile: string | undefined;
  /** How long the authority may take for one step. */
  readonly patienceMs: number;
}

const orderShape = z.object({
  status: z.enum(['pending', 'ready', 'processing', 'valid', 'invalid']),
  authorizations: z.array(z.url()),
  finalize: z.url(),
  certificate: z.url().optional(),
  error: z.unknown().optional(),
});

type Order = z.output<typeof orderShape>;

const authorizationShape = z.object({
  status: z.string(),
  identifier: z.object({ value: z.string() }),
  challenges: z.array(
    z.object({ type: z.string(), url: z.url(), token: z.string().optional(), error: z.unknown().optional() }),
  ),
});

const pauseMs = 500;
const mostAfterLossMs = 5_000;

/**
 * Orders a certificate and returns its chain: proves each name, hands in the request, waits. Until the request is handed in no
 * certificate can exist, so failures are `unavailable`; an answer that is lost then is asked for at the order, and only when that
 * fails too is the outcome unknown. Each order that gets there makes one more certificate.
 */
export async function orderCertificate(ordering: Ordering, request: SigningRequest, call: Write): Promise<string> {
  const { at, order } = await newOrder(ordering, request, call);
  for (const authorization of order.authorizations) await authorize(ordering, authorization, call);
  await until(ordering, at, call, ({ status }) => status === 'ready' || status === 'valid');
  return finalize(ordering, { at, order, csr: request.csr }, call);
}

async function newOrder({ acme, profile }: Ordering, { names }: SigningRequest, call: Write) {
  const identifiers = names.map((value) => ({ type: isAddress(value) ? 'ip' : 'dns', value }));
  const payload = { identifiers, ...(profile && { profile }) };
  const answer = await acme.post((await acme.directory(call)).newOrder, payload, { changes: false }, call);
  const at = answer.headers.get('location');
  const order = orderIn(answer);
  if (answer.status !== 201 || at === null || !order) throw acmeFailure(answer, false);
  return { at, order };
}

async function authorize(ordering: Ordering, at: string, call: Write): Promise<void> {
  const { acme, challenge: how } = ordering;
  const { status, identifier, challenges } = await authorizationAt(acme, at, call);
  if (status === 'valid') return;
  const chosen = challenges.find(({ type }) => type === how.type);
  if (!chosen?.token)
    throw new KeyturnError('invalid_request', `the authority does not take ${how.type} for this name`);
  const shown = { name: identifier.value, token: chosen.token, keyAuthorization: acme.keyAuthorization(chosen.token) };
  await show(how, shown, call);
  try {
    if (how.type === 'dns-01') await pause(call, how.settleMs);
    const answer = await acme.post(chosen.url, {}, { changes: false }, call);
    if (answer.status !== 200) throw acmeFailure(answer, false);
    await validated(ordering, at, call);
  } finally {
    await withdrawn(how, shown, call);
  }
}

/** What could not be taken away stays; it is no secret, and proves nothing any more. */
async function withdrawn(how: AcmeChallenge, shown: Shown, call: Write): Promise<void> {
  await withdraw(how, shown, { ...call, signal: AbortSignal.timeout(10_000) }).catch(() => {});
}

async function validated({ acme, challenge: how, patienceMs }: Ordering, at: string, call: Read): Promise<void> {
  for (const end = Date.now() + patienceMs; ; await pause(call)) {
    const { status, challenges } = await authorizationAt(acme, at, call);
    if (status === 'valid') return;
    if (status !== 'pending') {
      throw acmeFailure({ json: challenges.find(({ type }) => type === how.type)?.error }, false);
    }
    if (Date.now() > end) throw new KeyturnError('unavailable', 'the authority did not look at the challenge in time');
  }
}

async function authorizationAt(acme: Acme, at: string, call: Read) {
  const answer = await acme.post(at, '', { changes: false }, call);
  const parsed = authorizationShape.safeParse(answer.json);
  if (answer.status === 200 && parsed.success) return parsed.data;
  throw acmeFailure(answer, false);
}

async function finalize(
  ordering: Ordering,
  { at, order, csr }: { readonly at: string; readonly order: Order; readonly csr: string },
  call: Write,
): Promise<string> {
  const { acme } = ordering;
  const der = Buffer.from(fromPem('CERTIFICATE REQUEST', csr) ?? []).toString('base64url');
  const answer = await acme.post(order.finalize, { csr: der }, { changes: true }, call).catch(unlessUnknown);
  if (answer && answer.status !== 200) {
    const failure = acmeFailure(answer, true);
    if (failure.code !== 'outcome_unknown') throw failure;
  }
  try {
    // What was handed in and got no answer may not have got there: then the order stays as it is.
    const patienceMs = answer ? ordering.patienceMs : Math.min(ordering.patienceMs, mostAfterLossMs);
    const done = await until({ ...ordering, patienceMs }, at, call, ({ status }) => status === 'valid');
    const chain = await acme.post(done.certificate ?? '', '', { changes: false }, call);
    if (chain.status === 200) return Buffer.from(chain.bytes).toString('utf8');
  } catch (error) {
    if (!(error instanceof KeyturnError && error.retry)) throw error;
  }
  throw lost({ system: 'the authority', changes: true });
}

function unlessUnknown(error: unknown): undefined {
  if (error instanceof KeyturnError && error.code === 'outcome_unknown') return undefined;
  throw error;
}

/** The order, as soon as it is so. One that has failed throws why. */
async function until({ acme, patienceMs }: Ordering, at: string, call: Read, is: (order: Order) => boolean) {
  for (const end = Date.now() + patienceMs; ; await pause(call)) {
    const answer = await acme.post(at, '', { changes: false }, call);
    const order = orderIn(answer);
    if (answer.status !== 200 || !order) throw acmeFailure(answer, false);
    if (is(order)) return order;
    if (order.status === 'invalid') throw failed(order);
    if (Date.now() > end) throw new KeyturnError('unavailable', 'the authority did not get on with the order in time');
  }
}

function failed({ error }: Order): KeyturnError {
  const failure = acmeFailure({ json: error }, false);
  return failure.retry ? new KeyturnError('invalid_request', 'the authority gave the order up') : failure;
}

function orderIn({ json }: HttpAnswer): Order | undefined {
  return orderShape.safeParse(json).data;
}

async function pause({ signal }: Read, milliseconds = pauseMs): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => {
    throw new KeyturnError('unavailable', 'the authority was not asked any more: the call was told to stop');
  });
}
