import assert from 'node:assert/strict';
import { KeyturnError } from '../../../src/contract/errors.ts';
import { Secret } from '../../../src/contract/secret.ts';
import type { ConsumerCase } from '../consumers.ts';
import { call } from '../credentials/stage.ts';

/** How a credential gets to a workload. */
export const deliveringCases: readonly ConsumerCase[] = [
  {
    name: 'what was delivered and applied rests there, and verify says yes',
    async run({ draw, move, rests, expect }) {
      const credential = draw();
      await move(credential);
      await rests(credential);
      await expect(credential, 'yes');
    },
  },
  {
    name: 'a next credential takes the place of the first, and the first can be put back',
    async run({ draw, move, rests, expect }) {
      const [old, fresh] = [draw(), draw()];
      for (const [now, other] of [
        [old, fresh],
        [fresh, old],
        [old, fresh],
      ] as const) {
        await move(now);
        await rests(now);
        await expect(now, 'yes');
        await expect(other, 'no');
      }
    },
  },
  {
    name: 'I6: delivering twice leaves what delivering once does',
    async run({ draw, move, rests, expect, port, system }) {
      await move(draw());
      const [credential, write] = [draw(), call()];
      await port.deliver(system.target, credential, write);
      const changes = await system.changesAt?.(system.target);
      await port.deliver(system.target, credential, write);
      await port.deliver(system.target, credential, call());
      assert.equal(await system.changesAt?.(system.target), changes, 'the second delivery changed something');
      await port.apply?.(system.target, call());
      await port.apply?.(system.target, call());
      await rests(credential);
      await expect(credential, 'yes');
    },
  },
  {
    name: 'F6: what was delivered and not applied is not what the workload runs on',
    concerns: ({ port, runsOn }) => port.apply !== undefined && runsOn !== undefined,
    async run({ draw, move, expect, port, system }) {
      const [old, fresh] = [draw(), draw()];
      await move(old);
      await port.deliver(system.target, fresh, call());
      await expect(fresh, 'no');
      await port.apply?.(system.target, call());
      await expect(fresh, 'yes');
      assert.ok((await system.runsOn?.(system.target)) === fresh.secret.reveal(), 'the workload runs on another one');
    },
  },
  {
    name: 'a secret arrives as it is, whatever characters it has, or is refused',
    async run({ draw, move, rests, expect, system: { refusesSecret } }) {
      let before = draw();
      await move(before);
      for (const text of odd) {
        const credential = draw(new Secret(text));
        const refused = await move(credential).then(() => false, isRefusal);
        assert.equal(refused, refusesSecret?.test(text) ?? false, JSON.stringify(text.slice(0, 20)));
        if (!refused) before = credential;
        await rests(before);
        await expect(before, 'yes');
      }
    },
  },
];

const odd = [
  'plain-0123456789',
  `double"quoted and \\ back\`ticks`,
  "single'quoted",
  '$HOME ${HOME} $(id) #hash ;semi & amp = % space ',
  'two\nlines\r\n',
  'schlüssel-\u{1f511}',
  'x'.repeat(10_240),
];

function isRefusal(error: unknown): boolean {
  assert.ok(error instanceof KeyturnError && error.code === 'invalid_request', 'it failed, and did not refuse');
  return true;
}
