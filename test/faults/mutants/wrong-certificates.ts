import type { Mutant } from './mutant.ts';

const reissue = 'workflows/reissue.test.ts';
const failures = 'workflows/reissue-failures.test.ts';

/** Mistakes in the reissue of a certificate. */
export const wrongCertificates: readonly Mutant[] = [
  {
    name: 'a certificate counts when nobody can say whether it is revoked',
    file: 'activities/certificates.ts',
    find: "if (is === 'unknown' && unpublished)",
    replace: "if (is === 'unknown')",
    by: [
      failures,
      'I7: while the list can not be relied on nothing is signed, since the current certificate is not known to count',
    ],
  },
  {
    name: 'endpoints are not seen again before the old certificate is revoked unasked',
    file: 'workflows/reissue-certificate.ts',
    find: "else await verifyConsumers(run, plan, fresh, ['retry', 'waive', 'roll-back']);",
    replace: '',
    by: [
      failures,
      'F21: one that goes back to the old certificate while old and new live side by side is found before the revocation',
    ],
  },
  {
    name: 'nobody is asked before the deployment',
    file: 'workflows/reissue-certificate.ts',
    find: "await pauseBefore(run, plan, fresh, 'deploy');",
    replace: '',
    by: [reissue, 'it pauses before each part that the manifest names, and nowhere else'],
  },
  {
    name: 'what an attempt had signed is not revoked',
    file: 'activities/retract.ts',
    find: "await authority.revoke(certificate, 'cessationOfOperation', write);",
    replace: '',
    by: [reissue, 'a no before the deployment leaves no certificate and no key behind'],
  },
  {
    name: 'what was signed and not sealed is not looked for',
    file: 'activities/certificates.ts',
    find: 'certificates: await authority.find(request, call)',
    replace: 'certificates: request ? [] : []',
    by: [failures, 'F20: what was signed and could not be sealed is found by its key, and revoked'],
  },
  {
    name: 'a key is used although a certificate that nobody knows may exist for it',
    file: 'workflows/runbook/issue.ts',
    find: "if (failure.code === 'outcome_unknown') return undefined;\n      if ((failure",
    replace: "if (failure.code === 'outcome_unknown') continue;\n      if ((failure",
    by: [
      'workflows/reissue-lost-answer.test.ts',
      'I7: once an answer is lost its key is never used, since a certificate that nobody could revoke may exist for it',
    ],
  },
  {
    name: 'the reason of a revocation is forgotten',
    file: 'workflows/runbook/retire.ts',
    find: '...(revocation ? { reason: revocation } : {}),',
    replace: '',
    by: [reissue, 'the reason of the revocation is the one that was asked for'],
  },
  {
    name: 'the key alone is left in the store',
    file: 'activities/certificates.ts',
    find: 'await store.destroy(key.ref, write);',
    replace: '',
    by: [reissue, 'a fresh key is signed for, deployed, seen served, and the old certificate revoked and shown to be'],
  },
  {
    name: 'nobody is told that a certificate comes to its end',
    file: 'workflows/rules/overdue.ts',
    find: '[overdue(state), deadline(state)]',
    replace: '[overdue(state)]',
    by: [reissue, 'F20: the owner is told at half, a quarter and an eighth of what is left, and when it is over'],
  },
];
