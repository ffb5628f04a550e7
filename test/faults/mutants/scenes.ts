import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyturnError } from '../../../src/contract/errors.ts';
import { MemoryWorld, type Shape } from '../../workflows/memory-world.ts';
import { Crowd } from '../crowd.ts';
import { lost } from '../faults.ts';
import { rotateOnce } from '../matrix.ts';
import { operate, sensible } from '../operator.ts';
import { forward, ignored, rejected, unseen, type Path } from '../paths.ts';
import type { Trouble } from '../subject.ts';
import { goBack, isRevoked, patienceMs, rotate } from './scene.ts';

/*
 * Short rotations, each with one thing in its way: what a kernel with a mistake in it is shown. They say of the kernel as it is
 * what the crash matrix says too, in a second rather than in minutes.
 */
const crowd = new Crowd();

const ends: readonly (readonly [Shape, Path])[] = [
  ['overlap', forward],
  ['alternate', forward],
  ['in-place', forward],
  ['overlap', rejected],
  ['alternate', rejected],
  ['alternate', unseen],
  ['in-place', ignored],
];

for (const [shape, path] of ends)
  test(`${shape}: ${path.name}`, async () => {
    const { problems } = await rotateOnce(crowd, shape, path, new Map());
    assert.deepEqual(problems, []);
  });

for (const call of ['issueCredential', 'sealSecret', 'installCredential'])
  test(`the answer of ${call} is lost`, async () => {
    const shape = call === 'issueCredential' ? 'overlap' : 'alternate';
    const { problems } = await rotateOnce(
      crowd,
      shape,
      forward,
      new Map([[call === 'installCredential' ? 5 : 4, 'outcome unknown, done']]),
    );
    assert.deepEqual(problems, []);
  });

for (const call of ['sealSecret', 'installCredential', 'deliverCredential'])
  test(`${call} is done and never answers: everything is as it was`, async () => {
    const trouble: Trouble = {
      atActivity: async ({ name }, act) => {
        const answer = await act();
        if (name === call && turn.after === 0) throw lost('outcome_unknown');
        return answer;
      },
    };
    const turn = { after: 0 };
    const { result, subject } = await rotate(crowd, 'alternate', trouble, () => goBack(turn));
    assert.deepEqual(rejected.unsound(result, subject.world), []);
  });

const everybody = { approvers: ['dana@example.com', 'rob@example.com'], proof: 'none' };

test('people who may not decide and a changed plan come first: only the right one counts', async () => {
  await rotate(
    crowd,
    'alternate',
    {},
    () => {
      const sent = [
        { approver: 'rob@example.com' },
        { approver: 'mallory@example.com' },
        { plan: `sha256:${'0'.repeat(64)}` },
      ];
      return (open) => {
        const next = open[0] && sent.shift();
        return next ? { gate: open[0]!.id, ...next } : sensible(open);
      };
    },
    { gates: { retirement: everybody, intervention: everybody } },
  );
});

test('a gate that nobody decides at expires: it is asked anew, and nothing is taken away', async () => {
  const gate = { approvers: ['dana@example.com'], proof: 'none', expires: '5m' };
  const { subject, gates } = await rotate(
    crowd,
    'alternate',
    {},
    () => (open, status) => (status.gates.length > 1 ? sensible(open) : undefined),
    {
      gates: { retirement: gate, intervention: gate },
    },
  );
  assert.ok(gates.filter((id) => id.startsWith('retirement')).length > 1, gates.join());
  assert.deepEqual(forward.unsound('completed', subject.world), []);
});

test('a consumer does not take the new one up: nothing goes on before it does', async () => {
  let asked = 0;
  await rotate(crowd, 'alternate', {}, ({ world }) => {
    const api = world.consumers['api']!;
    api.reload = 'ignored';
    return (open) => {
      if (open.some(({ id }) => id === 'retry-api')) asked += 1;
      if (asked > 0) api.reload = 'works';
      return sensible(open);
    };
  });
  assert.ok(asked > 0, 'a person was asked');
});

test('the old one is disabled and seen before it is revoked, after quiet', async () => {
  const { subject, steps } = await rotate(crowd, 'alternate', {}, () => sensible);
  const { calls } = subject.watcher;
  const order = ['system.suspension.disable', 'api.verify', 'system.revoke'].map((name) => calls.lastIndexOf(name));
  assert.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
    calls.join(' '),
  );
  const [quiet, ask] = ['quiet', 'disable'].map((name) => steps.findIndex(({ step }) => step === name));
  assert.ok(quiet! >= 0 && quiet! < ask!);
  for (const name of ['quiet', 'observe']) {
    const { startedAt, endedAt } = steps.find(({ step }) => step === name)!;
    assert.ok(Date.parse(endedAt!) - Date.parse(startedAt) >= 1_000, `${name} takes as long as was declared`);
  }
});

test('a verifier that takes any secret proves nothing: everything is as it was', async () => {
  const { result, subject } = await rotate(crowd, 'alternate', {}, ({ world }) => {
    world.system.login = () => 'yes';
    return (open) => {
      if (open.some(({ id }) => id.startsWith('retirement'))) throw new Error('F25: it was believed');
      return sensible(open);
    };
  });
  assert.deepEqual(rejected.unsound(result, subject.world), []);
});

test('an outage after the revocation is no proof that the old one is refused', async () => {
  let asked = 0;
  await rotate(crowd, 'alternate', {}, ({ world }) => {
    world.system.login = () => (asked === 0 && isRevoked(world) ? 'no' : undefined);
    return (open) => {
      if (open.some(({ id }) => id.startsWith('retry-'))) asked += 1;
      return sensible(open);
    };
  });
  assert.ok(asked > 0, 'a person was asked');
});

test('overlap: the answer to issue is lost: no orphan is left', async () => {
  let struck = false;
  const trouble: Trouble = {
    atPort: async ({ name }, act) => {
      const answer = await act();
      if (struck || name !== 'system.mint.issue') return answer;
      struck = true;
      throw new KeyturnError('outcome_unknown', 'a fault that the test put in');
    },
  };
  const { result, subject } = await rotate(crowd, 'overlap', trouble, () => sensible);
  assert.deepEqual(forward.unsound(result, subject.world), []);
});

test('a revocation that does nothing is waived by name: the secret of what lives on is not destroyed', async () => {
  const subject = await crowd.subject(new MemoryWorld('alternate', ['api']), {
    atPort: ({ name }, act) => (stuck && /\.(disable|revoke)$/.test(name) ? Promise.resolve() : act()),
  });
  let stuck = false;
  await operate(subject, await subject.rotate(), sensible);
  stuck = true;
  const run = await subject.rotate();
  const { result } = await operate(subject, run, (open) => {
    const waive = open.find(({ id }) => id.startsWith('waive-'));
    return waive ? { gate: waive.id, comment: 'a test' } : sensible(open);
  });
  assert.equal(result, 'completed');
  assert.equal(subject.world.system.credentials.length, 2, 'it lives on');
  assert.equal((await subject.record())?.current?.ref.id, subject.world.consumers['api']!.running?.id);
  assert.deepEqual(subject.watcher.broken, []);
});

test('two at once: one holds the identity, and the other is refused', async () => {
  const subject = await crowd.subject(new MemoryWorld('alternate', ['api']));
  const runs = [await subject.rotate(), await subject.rotate()];
  const ended = await Promise.allSettled(runs.map((run) => operate(subject, run, sensible, patienceMs)));
  assert.deepEqual(ended.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  assert.deepEqual([...subject.watcher.broken, ...forward.unsound('completed', subject.world)], []);
});
