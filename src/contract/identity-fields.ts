import { z } from 'zod';
import { longestWait } from './duration-words.ts';
import { severities } from './severity.ts';

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** A length of time as people write it (`90s`, `10m`, `72h`, `30d`), at most ten years, held in milliseconds. */
export const duration = z
  .string()
  .regex(/^[1-9][0-9]{0,6}(ms|s|m|h|d)$/, 'expected a duration such as 90s, 10m, 72h or 30d')
  .transform((text) => {
    const unit = /[a-z]+$/.exec(text)?.[0] as keyof typeof units;
    return Number.parseInt(text, 10) * units[unit];
  })
  .refine((ms) => ms <= longestWait, 'expected at most 3650d');

/** How long a gate waits before it says or does something: what people can take note of, and what a history can hold. */
const gateDuration = duration.refine((ms) => ms >= units.m, 'expected at least 1m');

/** Names that reach workflow ids, paths and search attributes: lower case, digits and `. _ -`, at most 100 characters. */
export const name = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,99}$/,
    'expected 1 to 100 characters of a-z, 0-9 and . _ - that begin with a letter or digit',
  );

/** A person, team or program, as the organisation names it: a mail address or a group name. */
export const party = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}.@_+:/ -]{0,199}$/u, 'expected a name or mail address of 1 to 200 characters');

/** What a provider calls the thing: a role, a user, a path. Providers validate it further, each by its own rules. */
const locator = z
  .string()
  .min(1, 'expected at least 1 character')
  .max(1_024, 'expected at most 1024 characters')
  // oxlint-disable-next-line no-control-regex
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'expected no control characters');

export const gateSpec = z.strictObject({
  approvers: z.array(party).max(100).describe('Who may decide: at least as many people as are required.'),
  required: z.int().min(1).max(20).default(1).describe('How many distinct people must approve.'),
  expires: gateDuration
    .prefault('72h')
    .describe('After this long, at least 1m, without a decision the gate closes and nothing is revoked.'),
  remind: gateDuration
    .optional()
    .describe(
      'Sends a reminder each time this much time, at least 1m, has passed; twice that after each 100 of a run.',
    ),
  escalate: z
    .strictObject({ after: gateDuration, to: z.array(party).min(1).max(100) })
    .optional()
    .describe('After this long, at least 1m, these people may decide as well, and are told.'),
  proof: z
    .literal('none', 'expected "none": the only kind of proof this release knows, and it marks decisions as unproven')
    .describe(
      'How a decision is proven. "none": whoever can write to the namespace can decide, and the record says unproven.',
    ),
});

export const consumerSpec = z.strictObject({
  id: name,
  connection: name.describe('A consumer connection of the worker.'),
  target: z.string().max(1_024).default('').describe('Which workload within the connection: a path, a file name.'),
  canary: z.boolean().default(false).describe('Moved and verified alone, before all others.'),
  after: z
    .array(name)
    .max(100)
    .default([])
    .describe('Consumers that must be on the new credential before this one is moved.'),
  cacheTtl: duration.optional().describe('How long this workload may keep using a credential that it has read.'),
});

const certificateSpec = z.strictObject({
  names: z
    .array(
      z
        .string()
        .max(253)
        .regex(/^(\*\.)?[a-z0-9_.:-]+$/, 'expected a DNS name in lower case, such as *.example.com, or an IP address'),
    )
    .min(1, 'expected at least one name')
    .max(100)
    .describe('DNS names, the first label of which may be *, and IP addresses.'),
  key: z.enum(['ecdsa-p256', 'rsa-2048', 'rsa-3072']).default('ecdsa-p256').describe('A fresh one each time.'),
  lifetime: duration.prefault('90d').describe('How long it is to be valid. An ACME authority decides that alone.'),
  pauses: z
    .array(z.enum(['deploy', 'validate', 'revoke']))
    .max(3)
    .default(['revoke'])
    .describe('Before which of these a person is asked, at a gate like that of the retirement.'),
});

const entitlementSpec = z.strictObject({
  connection: name.describe('An entitlement connection of the worker.'),
  account: locator.describe('What the provider calls the identity there: a role, a user.'),
});

/** One identity, field by field. What must hold between the fields is `identitySpec`'s to say. */
export const identityFields = z.strictObject({
  id: name,
  kind: z.enum(['api-key', 'service-account', 'token', 'database-user', 'certificate']),
  owner: party.describe('Who answers for this identity. Required.'),
  environment: name.default('production'),
  risk: z.enum(severities).default('medium'),
  credential: z.strictObject({
    connection: name.describe('A credential connection of the worker.'),
    account: locator.describe('What the provider calls the identity: a role, a user.'),
    adopt: z
      .strictObject({ id: locator, secret: locator })
      .describe(
        'The credential in use today: its id at the provider, and where in the store its secret rests (path, or path#field).',
      ),
    propagation: z
      .strictObject({
        within: duration.prefault('60s'),
        successes: z.int().min(1).max(20).default(3),
      })
      .prefault({})
      .describe('A new credential must authenticate this often in a row within this time.'),
  }),
  certificate: certificateSpec
    .optional()
    .describe('What to have signed; of an identity of kind certificate, whose credential.connection is an authority.'),
  entitlements: z
    .array(entitlementSpec)
    .max(100)
    .default([])
    .describe('Where what this identity holds beyond its credential is listed, to be swept when it is contained.'),
  consumers: z.array(consumerSpec).min(1, 'expected at least one consumer').max(500),
  quiet: duration.prefault('10m').describe('How long old and new live side by side before the old one may be retired.'),
  observe: duration
    .prefault('5m')
    .describe('How long consumers are watched between disabling and revoking the old one.'),
  retryFor: duration.prefault('10m').describe('How long one command is retried before a person is asked.'),
  gates: z.strictObject({
    retirement: gateSpec.describe('Asked before the old credential is disabled. In-place: before it is replaced.'),
    intervention: gateSpec.describe('Asked when a command keeps failing: retry, waive, or roll back.'),
    containment: gateSpec
      .optional()
      .describe(
        'Asked for each consumer before a compromised credential is disabled: paused, migrated, or waived. Default: as retirement.',
      ),
    offboarding: gateSpec
      .optional()
      .describe('Asked for each consumer before an identity is taken out of service. Default: as retirement.'),
    reopening: gateSpec
      .optional()
      .describe('Asked before a contained identity takes part in operations again. Default: as retirement.'),
  }),
  containment: z
    .strictObject({
      unattended: z
        .array(z.enum(severities))
        .max(severities.length)
        .default([])
        .describe(
          'At these severities every credential is disabled at once, and nobody is asked about consumers first.',
        ),
    })
    .optional(),
  offboarding: z
    .strictObject({
      observe: duration
        .prefault('1d')
        .describe('How long everything is only disabled, and can be enabled again, before it is revoked.'),
      reprobe: duration.prefault('7d').describe('How long after its end everything is looked at once more.'),
    })
    .optional(),
  rotate: z
    .strictObject({ every: duration })
    .optional()
    .describe('Starts a rotation each time this much time has passed.'),
});

export type CertificateSpec = z.output<typeof certificateSpec>;
export type GateSpec = z.output<typeof gateSpec>;
export type ConsumerSpec = z.output<typeof consumerSpec>;
export type IdentitySpec = z.output<typeof identityFields>;
/** An identity as the manifest writes it, durations as text. */
export type DeclaredIdentity = z.input<typeof identityFields>;
