import { drawKey } from '../../src/certificates/signing-key.ts';
import { signingRequest } from '../../src/certificates/signing-request.ts';
import { Secret } from '../../src/contract/secret.ts';
import type { Making, SmallAuthority } from '../conformance/authorities/small-authority.ts';

/** A fresh key and the chain of its certificate, leaf first: one PEM text, as servers read it from a file. */
export async function pemBundle(by: SmallAuthority, names: readonly string[], making: Making = {}): Promise<Secret> {
  const key = await drawKey('ecdsa-p256');
  const { csr } = await signingRequest(key, { names: [...names], lifetimeMs: 1 });
  return new Secret(key.reveal() + (await by.sign(csr, making)));
}
