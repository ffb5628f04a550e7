import { z } from 'zod';
import { codecKey, type KeyRing } from '../codec/key-ring.ts';
import { name } from '../contract/identity-fields.ts';
import { Secret } from '../contract/secret.ts';

const secret = z.instanceof(Secret, { error: 'expected { env: NAME } or { file: PATH }' });
const isWebUrl = (text: string) => URL.canParse(text) && /^https?:/.test(text);

const webhook = z
  .union([secret, z.string().transform((text) => new Secret(text))], {
    error: 'expected a URL, or { env: NAME } or { file: PATH } of one',
  })
  .refine((url) => isWebUrl(url.reveal()), 'expected a URL that begins with http:// or https://');

const codec = z
  .strictObject({
    current: name,
    keys: z.record(
      name,
      secret.refine((key) => codecKey(key), 'expected 32 bytes as base64; make some: openssl rand -base64 32'),
    ),
  })
  .refine(({ current, keys }) => Object.hasOwn(keys, current), {
    path: ['current'],
    error: 'expected the id of one of the keys',
  })
  .transform(({ current, keys }): KeyRing => ({
    current,
    keys: new Map(Object.entries(keys).map(([id, key]) => [id, codecKey(key)!])),
  }));

/** The part of the file that clients read too. */
export const clientSections = z.strictObject({
  temporal: z.strictObject({ profile: z.string().min(1).optional() }).default({}),
  codec: codec.optional(),
});

const connection = z.looseObject({ provider: z.string() });

/** The whole file, with secrets already in place of their references; what providers ask for is checked by them. */
export const workerSections = clientSections.extend({
  fingerprintKey: secret.refine(
    (key) => Buffer.byteLength(key.reveal()) >= 32,
    'expected at least 32 random characters; make some: openssl rand -base64 32',
  ),
  store: connection,
  credentials: z.record(name, connection),
  consumers: z.record(name, connection),
  entitlements: z.record(name, connection).default({}),
  authorities: z.record(name, connection).default({}),
  notify: z.strictObject({ webhook }).optional(),
  http: z.strictObject({ port: z.int().min(0).max(65_535), host: z.string().min(1).default('127.0.0.1') }).optional(),
});
