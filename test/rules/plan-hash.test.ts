import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { planHash } from '../../src/workflows/rules/plan-hash.ts';

const text = fc.string({ unit: 'grapheme' });
const texts = fc.array(text, { maxLength: 4 });
const plan = fc.record({ run: text, gate: text, question: text, commands: texts, evidence: texts });

test('a plan hash is the SHA-256 of the canonical JSON, so that anybody can compute it again', () => {
  const canonical = '{"commands":["revoke KEY0"],"gate":"retirement","run":"rotate/orders/1"}';
  assert.equal(
    planHash({ run: 'rotate/orders/1', gate: 'retirement', commands: ['revoke KEY0'] }),
    `sha256:${createHash('sha256').update(canonical).digest('hex')}`,
  );
});

test('F19: a plan hash changes when any field of the plan changes', () => {
  fc.assert(
    fc.property(plan, plan, (one, other) => {
      for (const field of ['run', 'gate', 'question', 'commands', 'evidence'] as const) {
        const changed = { ...one, [field]: other[field] };
        const differs = JSON.stringify(one[field]) !== JSON.stringify(other[field]);
        assert.equal(planHash(changed) !== planHash(one), differs, `${field} went unnoticed`);
      }
    }),
  );
});

test('F19: a plan hash changes with the order of commands, and when a line moves from one field to another', () => {
  const one = { commands: ['disable KEY0', 'revoke KEY0'], evidence: ['api: yes'] };
  assert.notEqual(planHash(one), planHash({ ...one, commands: ['revoke KEY0', 'disable KEY0'] }));
  assert.notEqual(planHash(one), planHash({ commands: [...one.commands, 'api: yes'], evidence: [] }));
  assert.notEqual(planHash(one), planHash({ ...one, commands: ['disable KEY0,revoke KEY0'] }));
});

test('a plan hash does not depend on the order in which the fields are written', () => {
  fc.assert(
    fc.property(plan, (one) => {
      const turned = Object.fromEntries(Object.entries(one).toReversed());
      assert.equal(planHash(turned), planHash(one));
    }),
  );
});

test('a plan hash never throws, whatever characters a comment brings into the evidence', () => {
  const broken = fc.string({ unit: fc.constantFrom('a', '\ud83d', '\udd11', '\u0000', '"', '\\', '\u2028') });
  fc.assert(fc.property(broken, (line) => assert.match(planHash({ evidence: [line] }), /^sha256:[0-9a-f]{64}$/)));
});
