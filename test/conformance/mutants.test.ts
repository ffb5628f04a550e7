import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CredentialPort } from '../../src/contract/credentials.ts';
import { credentialCases, describeCredentialPort, runCredentialCase, type CredentialSystem } from './credentials.ts';
import { mintingMutants } from './mutants/minting.ts';
import type { Mutant } from './mutants/mutant.ts';
import { retirementMutants } from './mutants/retirement.ts';
import { rightPort, type RightSystem, type Shape } from './mutants/right-port.ts';
import { withstandingMutants } from './mutants/withstanding.ts';
import { witnessingMutants } from './mutants/witnessing.ts';

const mutants = [...witnessingMutants, ...mintingMutants, ...retirementMutants, ...withstandingMutants];

const shapes: Readonly<Record<string, Shape>> = {
  'minted here, two slots': { mint: 'home', maxLive: 2 },
  'minted here, in-place': { mint: 'home', maxLive: 1 },
  'minted there, two slots': { mint: 'provider', maxLive: 2 },
  'minted there, no limit': { mint: 'provider', maxLive: null },
};

for (const [name, shape] of Object.entries(shapes)) {
  describeCredentialPort({ name: `the right port (${name})`, open: async () => open(shape) });
}

for (const mutant of mutants) {
  test(`the suite catches a port that ${mutant.name}, in "${mutant.caughtBy}"`, async () => {
    const failed = await failedCases(mutant);
    assert.ok(failed.some(noticed(mutant)), `it failed ${failed.join(' | ') || 'nothing'}`);
  });
}

test('every case catches a mutant', () => {
  const idle = credentialCases.filter(({ name }) => !mutants.some((mutant) => noticed(mutant)(name)));
  assert.deepEqual(
    idle.map(({ name }) => name),
    [],
  );
});

function noticed({ caughtBy }: Mutant) {
  return (name: string) => name.startsWith(caughtBy);
}

async function failedCases({ shape, mutate }: Mutant): Promise<string[]> {
  const openMutant = async () => open(shape, mutate);
  const { port } = await openMutant();
  const failed: string[] = [];
  for (const each of credentialCases.filter(({ concerns }) => concerns?.(port) ?? true)) {
    await runCredentialCase(each, { open: openMutant }).catch(() => failed.push(each.name));
  }
  return failed;
}

function open(
  shape: Shape,
  mutate: (port: CredentialPort, system: RightSystem) => CredentialPort = (port) => port,
): CredentialSystem {
  const accounts = ['orders', 'bystander'];
  const memory: RightSystem = { accounts: new Map(accounts.map((account) => [account, new Map()])), sessions: [] };
  return {
    port: mutate(rightPort(memory, shape), memory),
    account: 'orders',
    neighbour: 'bystander',
    absent: 'nobody',
    remoteWords: ['FATAL from remote'],
    async openSession({ id }) {
      const session = { id, alive: true };
      memory.sessions.push(session);
      return { isAlive: async () => session.alive, close: async () => {} };
    },
    close: async () => {},
  };
}
