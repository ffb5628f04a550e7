import { z } from 'zod';
import { name, party } from './identity-fields.ts';
import { severities } from './severity.ts';

/** The fields that every operation's request has. Any Temporal SDK can send them as one plain JSON object. */
const common = {
  identity: name.describe('The id of the identity in the manifest.'),
  reason: z.string().trim().min(1, 'expected a reason').max(1_000, 'expected at most 1000 characters'),
  requestedBy: party.describe('Who asks. A claim: it is recorded as unproven.'),
  requestId: name.optional().describe('The same request twice is one run. Default: drawn by the client.'),
  dryRun: z.boolean().optional().describe('Plan and check everything, change nothing.'),
};

export const rotateRequest = z.strictObject(common);

export const containRequest = z.strictObject({
  ...common,
  severity: z
    .enum(severities)
    .default('high')
    .describe('How bad it is. The manifest says which severities disable without asking anybody first.'),
});

export const reissueRequest = z.strictObject({
  ...common,
  revocation: z
    .enum(['superseded', 'keyCompromise', 'affiliationChanged', 'cessationOfOperation', 'privilegeWithdrawn'])
    .default('superseded')
    .describe('Why the old certificate is revoked, as RFC 5280 calls it; an authority may not record it.'),
});

export const reopenRequest = z.strictObject(common);

export const offboardRequest = z.strictObject(common);

const { identity: _identity, ...asked } = common;

/** One run over everything that one owner answers for. */
export const offboardOwnerRequest = z.strictObject({
  owner: party.describe('Whose identities are taken out of service, as the manifest names them.'),
  ...asked,
});

export type OffboardOwnerRequest = z.output<typeof offboardOwnerRequest>;

/** What each operation takes, by the name of its workflow type. */
export const requests = {
  rotateCredential: rotateRequest,
  reissueCertificate: reissueRequest,
  containCompromise: containRequest,
  reopenIdentity: reopenRequest,
  offboardIdentity: offboardRequest,
} as const;

/** How the workflow ids of each operation begin: `<prefix>/<identity>/<request id>`. */
export const idPrefixes: Readonly<Record<Operation, string>> = {
  rotateCredential: 'rotate',
  reissueCertificate: 'reissue',
  containCompromise: 'contain',
  reopenIdentity: 'reopen',
  offboardIdentity: 'offboard',
};

export type Operation = keyof typeof requests;
export type RequestOf<Verb extends Operation> = z.output<(typeof requests)[Verb]>;
/** A request as it is sent: what has a default may be left out. */
export type Asked<Verb extends Operation> = z.input<(typeof requests)[Verb]>;

export type RotateRequest = RequestOf<'rotateCredential'>;
export type ReissueRequest = RequestOf<'reissueCertificate'>;
export type ContainRequest = RequestOf<'containCompromise'>;
export type OffboardRequest = RequestOf<'offboardIdentity'>;
export type ReopenRequest = RequestOf<'reopenIdentity'>;
