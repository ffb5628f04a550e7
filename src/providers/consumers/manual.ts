import { z } from 'zod';
import type { MovedByPerson } from '../../contract/consumers.ts';
import type { Provider } from '../../contract/provider.ts';

const config = z.strictObject({
  instructions: z
    .string()
    .trim()
    .min(1, 'expected what the person has to do')
    .max(2_000, 'expected at most 2000 characters')
    .describe('What the person has to do, in a sentence or two.'),
});

/**
 * A workload that a person moves: an appliance, a partner's portal. Nothing is sent anywhere; the instructions are shown at a
 * gate, and whoever confirms there stands for the workload.
 */
export const provider: Provider<MovedByPerson, z.output<typeof config>> = {
  kind: 'manual',
  config,
  create: ({ instructions }) => ({ by: 'person', instructions }),
};
