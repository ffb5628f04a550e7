import { z } from 'zod';
import { Secret } from '../contract/secret.ts';

const milliseconds = z.int().min(100).max(300_000).default(10_000);

const shortText = z
  .string()
  .min(1, 'expected at least 1 character')
  .max(255, 'expected at most 255 characters')
  .regex(/^\P{Cc}*$/u, 'expected no control characters');

/** How a worker reaches one PostgreSQL server, as a role that may alter the roles under management. */
export const postgresConnection = z.strictObject({
  host: shortText,
  port: z.int().min(1).max(65_535).default(5432),
  database: shortText.default('postgres').describe('One that every role under management may connect to.'),
  user: shortText,
  password: z.instanceof(Secret, { error: 'expected a secret' }),
  tls: z
    .enum(['verify-full', 'require', 'disable'])
    .default('verify-full')
    .describe('"require" encrypts without knowing the server; "disable" is for a server on this machine.'),
  ca: z.string().optional().describe('PEM certificates that sign the server, where no public authority does.'),
  connectTimeoutMs: milliseconds.describe('Milliseconds until a connection is made and logged in.'),
  timeoutMs: milliseconds.describe('Milliseconds that one statement may take.'),
});

export type PostgresConnection = z.output<typeof postgresConnection>;
