import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import proto from '@temporalio/proto';
import type { WorkflowHandle } from '@temporalio/client';
import { KeyturnError } from '../../src/contract/errors.ts';
import { CertificateWorld } from './certificate-world.ts';
import { Harness } from './harness.ts';
import { MemoryWorld, type Shape } from './memory-world.ts';

const harness = new Harness();

/** Every way in which a secret could stand in stored bytes. */
function spellings(secret: string): Record<string, string> {
  const bytes = Buffer.from(secret);
  return {
    raw: secret,
    base64: bytes.toString('base64').replace(/=+$/, ''),
    base64url: bytes.toString('base64url'),
    hex: bytes.toString('hex'),
    'URL-encoded': [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  };
}

function assertAbsent(secrets: readonly string[], place: string, bytes: Buffer): void {
  for (const secret of secrets) {
    for (const [spelling, text] of Object.entries(spellings(secret))) {
      assert.equal(bytes.includes(text), false, `a secret stands ${spelling} in ${place}`);
    }
  }
}

async function historyBytes(handle: WorkflowHandle): Promise<Buffer> {
  return Buffer.from(proto.temporal.api.history.v1.History.encode(await handle.fetchHistory()).finish());
}

/** All secrets that ever were, gathered as they appear. */
class Canaries {
  readonly seen = new Set<string>();

  watch(world: MemoryWorld): void {
    this.seen.add(world.first.secret);
    const { secrets } = world.store;
    const set = secrets.set.bind(secrets);
    secrets.set = (path, value) => {
      this.seen.add(value.secret);
      return set(path, value);
    };
  }
}

describe('no secret in history', () => {
  for (const shape of ['overlap', 'alternate', 'in-place'] satisfies Shape[]) {
    test(`F23: ${shape}: a rotation that completes leaves no secret in any history, in any spelling`, async () => {
      const world = new MemoryWorld(shape);
      const canaries = new Canaries();
      canaries.watch(world);
      await harness.run(world, async (stage) => {
        const run = await stage.rotate();
        await stage.approve(run, shape === 'in-place' ? 'interruption' : 'retirement');
        await run.result();
        assert.equal(canaries.seen.size, 2, 'both secrets are looked for');
        assertAbsent([...canaries.seen], 'the history of the rotation', await historyBytes(run));
        assertAbsent([...canaries.seen], 'the history of the lifecycle', await historyBytes(stage.lifecycle));
        const told = Buffer.from(JSON.stringify([world.notices, await stage.status(run), await stage.journal(run)]));
        assertAbsent([...canaries.seen], 'notices, status and journal', told);
      });
    });
  }

  test('F23: a reissue leaves neither private key in any history', async () => {
    const world = await CertificateWorld.create();
    const canaries = new Canaries();
    canaries.watch(world);
    await harness.run(world, async (stage) => {
      const run = await stage.reissue();
      await stage.approve(run, 'retirement');
      await run.result();
      // The key is sealed alone first, and then with its chain: what lies between the lines of PEM is what must not be seen.
      const lines = [...canaries.seen].flatMap((text) => text.split('\n').filter((line) => line.length > 40));
      assert.equal(canaries.seen.size, 3);
      assertAbsent(lines, 'the history of the reissue', await historyBytes(run));
      assertAbsent(lines, 'the history of the lifecycle', await historyBytes(stage.lifecycle));
      const told = Buffer.from(JSON.stringify([world.notices, await stage.status(run), await stage.journal(run)]));
      assertAbsent(lines, 'notices, status and journal', told);
    });
  });

  test('F23: a provider whose errors carry the secret leaves none behind either', async () => {
    const world = new MemoryWorld('alternate');
    const canaries = new Canaries();
    canaries.watch(world);
    const { port } = world.system;
    world.system.port = () => {
      const honest = port.call(world.system);
      if (honest.mint.at !== 'home') return honest;
      const mint = { ...honest.mint, install: leak };
      return { ...honest, mint };
    };
    async function leak(_account: string, secret: { reveal(): string }): Promise<never> {
      const clear = secret.reveal();
      throw Object.assign(new Error(`ALTER ROLE orders PASSWORD '${clear}' failed`, { cause: new Error(clear) }), {
        request: clear,
      });
    }
    await harness.run(world, async (stage) => {
      const run = await stage.rotate();
      const outcome = await run.result();
      assert.equal(outcome.result, 'rolled-back');
      assert.equal(canaries.seen.size, 2);
      assertAbsent([...canaries.seen], 'the history of a failed rotation', await historyBytes(run));
    });
  });

  test('F23: our own errors reach the history word for word, so this test can see what would leak', async () => {
    const world = new MemoryWorld('alternate');
    const { port } = world.system;
    world.system.port = () => ({
      ...port.call(world.system),
      preflight: async () => {
        throw new KeyturnError('denied', 'canary-in-our-own-words');
      },
    });
    await harness.run(world, async (stage) => {
      const run = await stage.rotate();
      await run.result();
      assert.throws(
        () => assertAbsent(['canary-in-our-own-words'], 'it', Buffer.from('')) ?? assert.fail('absent from nothing'),
        /absent from nothing/,
      );
      const bytes = await historyBytes(run);
      assert.throws(
        () => assertAbsent(['canary-in-our-own-words'], 'the history', bytes),
        /a secret stands raw in the history/,
      );
    });
  });
});
