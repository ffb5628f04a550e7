import assert from 'node:assert/strict';
import { describeChain, readChain } from '../../../src/certificates/chain.ts';
import { fromPem, toPem } from '../../../src/certificates/pem.ts';
import type { AuthorityPort, IssuedCertificate } from '../../../src/contract/authorities.ts';
import type { AuthorityCase } from '../authorities.ts';
import { call, isTime, isWellFormed, refuses } from '../credentials/stage.ts';
import { hostileNames, refusal } from '../refusals.ts';
import { hour, type Stage } from './stage.ts';

/** What an authority signs, and what it does not. */
export const enrollingCases: readonly AuthorityCase[] = [
  {
    name: 'what the authority can not do is absent, and no member is anything but a method',
    run: async ({ system: { port } }) => hasItsShape(port),
  },
  {
    name: 'F20: a certificate is for the key and the names that were asked for, and chained to its issuer',
    async run({ request, enroll }) {
      const asked = await request();
      const issued = await enroll(asked);
      assert.equal(issued.publicKey, asked.publicKey);
      assert.deepEqual(issued.names, asked.names);
      const { issuer } = readChain(issued.chain);
      assert.ok(issuer, 'the chain holds the issuer');
      isWhatItSays(issued);
    },
  },
  {
    name: 'F22: it is valid now, and no longer than it was asked for',
    async run({ enroll, system: { lifetimeMs = hour } }) {
      const { notBefore, notAfter } = await enroll();
      assert.ok(isTime(notBefore) && isTime(notAfter));
      assert.ok(Date.parse(notBefore) <= Date.now() && Date.now() < Date.parse(notAfter), 'it is not valid now');
      assert.ok(Date.parse(notAfter) <= Date.now() + lifetimeMs + 60_000, 'it is valid for longer than was asked');
    },
  },
  {
    name: 'F20: a fresh key has a certificate of its own, and the one before stays valid',
    async run({ enroll, expect }) {
      const [one, other] = [await enroll(), await enroll()];
      assert.notEqual(one.ref.serial, other.ref.serial);
      assert.notEqual(one.publicKey, other.publicKey);
      for (const each of [one, other]) await expect(each, 'no');
    },
  },
  {
    name: 'I6: a second enroll for the same key returns the certificate of the first, which find shows as well',
    concerns: ({ find }) => find !== undefined,
    async run({ port, request }) {
      const [asked, write] = [await request(), call()];
      assert.deepEqual(await port.find?.(asked, call()), []);
      const issued = await port.enroll(asked, write);
      assert.deepEqual(await port.enroll(asked, write), issued);
      const found = (await port.find?.(asked, call())) ?? [];
      assert.deepEqual(
        found.map(({ ref }) => ref),
        [issued.ref],
      );
      for (const each of found) isWhatItSays(each);
    },
  },
  {
    name: 'a revoked certificate is found no more, and its key gets another one',
    concerns: ({ find }) => find !== undefined,
    async run({ port, request, expect }) {
      const asked = await request();
      const revoked = await port.enroll(asked, call());
      await port.revoke(revoked, 'superseded', call());
      await expect(revoked, 'yes');
      assert.deepEqual(await port.find?.(asked, call()), []);
      assert.notEqual((await port.enroll(asked, call())).ref.serial, revoked.ref.serial);
    },
  },
  {
    name: 'names that it does not sign are refused',
    concerns: (_, { refusedNames }) => refusedNames !== undefined,
    async run({ port, system: { refusedNames = [] }, request }) {
      const asked = await request(refusedNames);
      await refuses(refusal, () => port.enroll(asked, call()));
      if (port.find) assert.deepEqual(await port.find(asked, call()), []);
    },
  },
  {
    name: 'what is no signing request is refused, and so are names that mean something to a path, a query or a terminal',
    run: refusesNonsense,
  },
  {
    name: 'preflight is yes for names that it signs',
    concerns: ({ preflight }) => preflight !== undefined,
    async run({ port, system }) {
      const ready = await port.preflight?.(system.names, call());
      assert.ok(ready);
      isWellFormed(ready);
      assert.equal(ready.is, 'yes', ready.because);
    },
  },
  {
    name: 'renewal is wanted after the certificate has begun and before it ends',
    concerns: ({ renewal }) => renewal !== undefined,
    async run({ port, enroll }) {
      const issued = await enroll();
      const window = await port.renewal?.(issued, call());
      if (window === undefined) return;
      const times = [issued.notBefore, window.start, window.end, issued.notAfter];
      assert.ok(times.every(isTime));
      assert.deepEqual(
        times.map((time) => Date.parse(time)),
        times.map((time) => Date.parse(time)).toSorted((a, b) => a - b),
      );
    },
  },
];

function hasItsShape(port: AuthorityPort): void {
  assert.equal(typeof port.recordsReasons, 'boolean');
  const optional = (['find', 'renewal', 'preflight'] as const).filter((name) => port[name] !== undefined);
  for (const name of ['enroll', 'revoke', 'status', ...optional]) {
    assert.equal(typeof Reflect.get(port, name), 'function', `${name} is a method`);
  }
}

/** All that is said of a certificate is in it; it goes through JSON, as a history does; and no private key is near it. */
function isWhatItSays(issued: IssuedCertificate): void {
  assert.deepEqual(issued, describeChain(issued.ref.connection, issued.chain));
  assert.notEqual(issued.ref.connection, '');
  assert.deepEqual(JSON.parse(JSON.stringify(issued)), issued);
  assert.doesNotMatch(issued.chain, /PRIVATE KEY/);
}

/** The request with another signature than that of its key. */
function forged(csr: string): string {
  const bytes = fromPem('CERTIFICATE REQUEST', csr) ?? new Uint8Array();
  return toPem('CERTIFICATE REQUEST', bytes.with(-1, (bytes.at(-1) ?? 0) ^ 1));
}

async function refusesNonsense({ port, request }: Stage): Promise<void> {
  const asked = await request();
  for (const csr of ['', 'hostile', asked.csr.slice(0, 120), forged(asked.csr)]) {
    await refuses(refusal, () => port.enroll({ ...asked, csr }, call()));
  }
  for (const name of hostileNames) {
    await refuses(refusal, () => port.enroll({ ...asked, names: [name] }, call()));
    const verdict = await port.preflight?.([name], call()).catch(() => undefined);
    assert.notEqual(verdict?.is, 'yes', `${JSON.stringify(name.slice(0, 30))} passes preflight`);
  }
  const other = await request();
  await refuses(['invalid_request'], () => port.enroll({ ...asked, csr: other.csr }, call()));
}
