import { z } from 'zod';
import { Secret } from '../contract/secret.ts';

/** The URL under which a server answers; what follows it is up to the provider. Its trailing slash makes no difference. */
export const baseUrl = z
  .url({ protocol: /^https?$/, error: 'expected an http or https URL' })
  .refine((text) => /^[^?#@]*$/.test(text), 'expected a URL without user, query and fragment')
  .transform((text) => text.replace(/\/+$/, ''));

/** A {@link baseUrl} that secrets may be sent to: https, or this machine itself. */
export const privateBaseUrl = baseUrl.refine(
  isPrivate,
  'expected https; plain http is taken for this machine alone, since secrets are sent there',
);

/** A secret that goes into a request's header. */
export const headerSecret = z
  .instanceof(Secret, { error: 'expected a secret' })
  .refine((token) => /^[\x21-\x7e]+$/.test(token.reveal()), 'expected printable ASCII characters without spaces');

export const requestTimeout = z
  .int()
  .min(100)
  .max(300_000)
  .default(10_000)
  .describe('Milliseconds that one request may take.');

/** Whether nobody on the way to the URL can read what is sent there: https, or this machine itself. */
export function isPrivate(text: string): boolean {
  return /^https:|^http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?(\/|$)/.test(text);
}
