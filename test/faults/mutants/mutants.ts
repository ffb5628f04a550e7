import type { Mutant } from './mutant.ts';
import { wrongCertificates } from './wrong-certificates.ts';
import { wrongContainment } from './wrong-containment.ts';
import { wrongDecisions } from './wrong-decisions.ts';
import { wrongOffboarding } from './wrong-offboarding.ts';
import { wrongOrder } from './wrong-order.ts';
import { wrongProof } from './wrong-proof.ts';
import { wrongTraces } from './wrong-traces.ts';

/** Every mistake that a test must find. */
export const mutants: readonly Mutant[] = [
  ...wrongOrder,
  ...wrongProof,
  ...wrongDecisions,
  ...wrongTraces,
  ...wrongContainment,
  ...wrongCertificates,
  ...wrongOffboarding,
];
