import { z } from 'zod';
import { name, party } from './identity.ts';

/** The fields that every operation's request has. Any Temporal SDK can send them as one plain JSON object. */
const common = {
  identity: name.describe('The id of the identity in the manifest.'),
  reason: z.string().trim().min(1, 'expected a reason').max(1_000, 'expected at most 1000 characters'),
  requestedBy: party.describe('Who asks. A claim: it is recorded as unproven.'),
  requestId: name.optional().describe('The same request twice is one run. Default: drawn by the client.'),
  dryRun: z.boolean().optional().describe('Plan and check everything, change nothing.'),
};

export const rotateRequest = z.strictObject(common);

export type RotateRequest = z.output<typeof rotateRequest>;
