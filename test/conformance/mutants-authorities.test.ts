import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryAuthority } from '../fakes/memory-authority.ts';
import { authorityCases, describeAuthorityPort, runAuthorityCase, type AuthoritySystem } from './authorities.ts';
import type { AuthorityMutant } from './mutants/authorities-revoking.ts';
import { authorityMutants } from './mutants/authorities.ts';

function system(mutate: AuthorityMutant['mutate'] = (port) => port): AuthoritySystem {
  const authority = new MemoryAuthority('ca');
  return {
    port: mutate(authority.port(), authority),
    names: ['orders.example.com', '*.orders.example.com', '192.0.2.1'],
    refusedNames: ['orders.example.org'],
    remoteWords: ['FATAL from remote'],
    close: async () => {},
  };
}

describeAuthorityPort({ name: 'an authority in memory', open: async () => system() });

for (const { name, caughtBy, mutate } of authorityMutants) {
  test(`the suite catches an authority that ${name}, in "${caughtBy}"`, async () => {
    const failed: string[] = [];
    const open = async () => system(mutate);
    for (const each of authorityCases.filter(({ concerns }) => concerns?.(system(mutate).port, system()) ?? true)) {
      await runAuthorityCase(each, { open }).catch(() => failed.push(each.name));
    }
    assert.ok(
      failed.some((each) => each.startsWith(caughtBy)),
      `it failed ${failed.join(' | ') || 'nothing'}`,
    );
  });
}

test('every case of the authority port catches a mutant', () => {
  const idle = authorityCases.filter(({ name }) => !authorityMutants.some(({ caughtBy }) => name.startsWith(caughtBy)));
  assert.deepEqual(
    idle.map(({ name }) => name),
    [],
  );
});
