import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AuthorityPort } from '../../src/contract/authorities.ts';
import { KeyturnError, type ErrorCode } from '../../src/contract/errors.ts';
import { certificate, CertificateWorld } from './certificate-world.ts';
import { Harness } from './harness.ts';

const harness = new Harness();
const declare = { quiet: '1s', certificate: { ...certificate, pauses: [] } };

/** An authority that can't be asked what it has signed, as ACME can't. What it did with a request is lost so often. */
async function forgetful(lost: readonly ErrorCode[], signs: boolean) {
  const world = await CertificateWorld.create();
  const keys: string[] = [];
  const port = world.system.authorityPort.bind(world.system);
  const left = [...lost];
  world.system.authorityPort = (): AuthorityPort => {
    const { find: _never, ...real } = port();
    return {
      ...real,
      enroll: async (request, call) => {
        keys.push(request.publicKey);
        const code = left.shift();
        if (code === undefined || signs) {
          const issued = await real.enroll(request, call);
          if (code === undefined) return issued;
        }
        throw new KeyturnError(code, 'a fault that the test put in');
      },
    };
  };
  return { world, keys };
}

describe('an authority that can not be asked what it has signed', () => {
  test('I7: once an answer is lost its key is never used, since a certificate that nobody could revoke may exist for it', async () => {
    const { world, keys } = await forgetful(['outcome_unknown'], true);
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.reissue();
        const { result, because } = await run.result();
        assert.equal(result, 'completed', because);
        assert.equal(new Set(keys).size, 2);
        assert.equal(world.system.authority.issued.at(-1)?.publicKey, keys[1]);
        assert.equal((await stage.record()).current?.ref.id, world.system.authority.issued.at(-1)?.ref.serial);
        assert.equal(world.store.secrets.size, 2, 'the key of the lost one is destroyed');
        const notes = (await stage.journal(run)).map(({ because: words }) => words);
        assert.ok(notes.some((words) => /a certificate may exist for this key/.test(words)));
      },
      { declare },
    );
  });

  test('while nothing was handed in the same key is tried again', async () => {
    const { world, keys } = await forgetful(['unavailable', 'throttled'], false);
    await harness.run(
      world,
      async (stage) => {
        const { result, because } = await (await stage.reissue()).result();
        assert.equal(result, 'completed', because);
        assert.deepEqual([keys.length, new Set(keys).size], [3, 1]);
      },
      { declare },
    );
  });

  test('three lost answers in a row go back to the start, and leave no key behind', async () => {
    const { world, keys } = await forgetful(['outcome_unknown', 'outcome_unknown', 'outcome_unknown'], true);
    await harness.run(
      world,
      async (stage) => {
        const { result, code } = await (await stage.reissue()).result();
        assert.deepEqual([result, code], ['rolled-back', 'outcome_unknown']);
        assert.equal(new Set(keys).size, 3);
        assert.equal(world.store.secrets.size, 1);
        assert.ok(world.system.accepts(world.first.id, world.first.secret));
      },
      { declare },
    );
  });
});
