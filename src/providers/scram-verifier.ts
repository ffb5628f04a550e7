import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { KeyturnError } from '../contract/errors.ts';
import type { Secret } from '../contract/secret.ts';

const derive = promisify(pbkdf2);
const iterations = 4096;

/**
 * Computes what PostgreSQL stores in place of a password, `SCRAM-SHA-256$4096:salt$StoredKey:ServerKey`, so that the password
 * itself is never sent and can't stand in a server's log. Each call draws a new salt, so two verifiers of one secret differ.
 *
 * Throws `invalid_request` for a secret that is not printable ASCII: SASLprep, which maps other characters, is not built here.
 * https://www.rfc-editor.org/rfc/rfc5803 https://www.rfc-editor.org/rfc/rfc7677
 */
export async function scramVerifier(secret: Secret, salt: Buffer = randomBytes(16)): Promise<string> {
  if (!/^[\x20-\x7e]+$/.test(secret.reveal())) {
    throw new KeyturnError('invalid_request', 'secret: expected printable ASCII characters, at least one');
  }
  const salted = await derive(secret.reveal(), salt, iterations, 32, 'sha256');
  const key = (name: string) => createHmac('sha256', salted).update(name).digest();
  const storedKey = createHash('sha256').update(key('Client Key')).digest();
  const parts = [salt, storedKey, key('Server Key')].map((bytes) => bytes.toString('base64'));
  return `SCRAM-SHA-256$${iterations}:${parts[0]}$${parts[1]}:${parts[2]}`;
}
