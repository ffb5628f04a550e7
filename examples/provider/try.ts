import { fingerprintWith } from '../../src/fingerprint.ts';
import { Secret } from '../../src/contract/secret.ts';
import { provider } from './turnstile-key.ts';
import { startTurnstile } from './turnstile-server.ts';

// The life of one key, by hand: what a rotation asks of this provider, without Temporal and without a worker.
const turnstile = await startTurnstile();
turnstile.addUser('orders');
const port = provider.create(provider.config.parse({ url: turnstile.url, token: new Secret(turnstile.adminToken) }), {
  connection: 'turnstile',
  fetch: globalThis.fetch,
  now: () => new Date(),
  fingerprint: fingerprintWith(new Secret('a key for this example alone, used nowhere else')),
});
const call = { signal: AbortSignal.timeout(10_000), operation: 'example/1' };

if (port.mint.at !== 'provider') throw new TypeError('Turnstile chooses its secrets itself');
const { ref, secret } = await port.mint.issue('orders', call);
console.log('issued  ', ref.id, secret.toString());
console.log('verify  ', (await port.verify(ref, secret, call)).because);
console.log('a wrong one:', (await port.verify(ref, secret.spoiled(), call)).because);
console.log('last use', (await port.lastUse?.(ref, call))?.at);
await port.suspension?.disable(ref, call);
console.log('disabled', (await port.verify(ref, secret, call)).because);
await port.revoke(ref, call);
await port.revoke(ref, call);
console.log('revoked twice; left:', (await port.list('orders', call)).length);
await turnstile.close();
