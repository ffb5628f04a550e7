import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CredentialPort } from '../../src/contract/credentials.ts';
import { ended } from './attack-ended.ts';
import { Harness } from './harness.ts';
import { MemoryWorld } from './memory-world.ts';

const harness = new Harness();
const declare = { quiet: '1s', observe: '1s' };

test('I1, I2: in-place, `find` asks by logging in (as postgres-password does) and a new password spreads slowly: one works that can be recovered', async () => {
  const world = new MemoryWorld('in-place');
  const { system } = world;
  const port = system.port.bind(system);
  // The system takes longer to believe in a new password than the identity declares: only the first is accepted for now.
  let spreading = true;
  system.login = (_id, secret) => (spreading && secret !== world.first.secret ? 'no' : undefined);
  system.port = () => {
    const real = port();
    if (real.mint.at !== 'home') throw new Error('in-place');
    const { mint } = real;
    const call = { signal: new AbortController().signal };
    return {
      ...real,
      mint: {
        ...mint,
        find: async (account, secret) => {
          const ref = { connection: 'db', account, id: account };
          return (await real.verify(ref, secret, call)).is === 'no' ? undefined : ref;
        },
      },
    } satisfies CredentialPort;
  };
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.rotate();
      await ended(stage, run, 'interruption');
      spreading = false;
      assert.equal(world.system.credentials.length, 1);
      assert.notEqual(
        world.recoverable(),
        0,
        `the slot holds ${world.system.credentials[0]!.secret}, and the store holds ${[...world.store.secrets.values()].map(({ secret }) => secret).join()}`,
      );
    },
    { declare },
  );
});
