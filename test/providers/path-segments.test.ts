import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyturnError } from '../../src/contract/errors.ts';
import { pathSegments } from '../../src/providers/path-segments.ts';
import { hostileNames } from '../conformance/refusals.ts';

test('a path is taken apart as it stands', () => {
  assert.deepEqual(pathSegments('a', 'target'), ['a']);
  assert.deepEqual(pathSegments('team/orders db/é%2e', 'target'), ['team', 'orders db', 'é%2e']);
  assert.deepEqual(pathSegments('...', 'target'), ['...']);
  assert.equal(pathSegments('x'.repeat(512), 'target').length, 1);
});

test('what leads elsewhere or breaks a line is refused, and the field is named, not what it holds', () => {
  const leading = ['', '/', '/a', 'a/', 'a//b', '.', '..', './a', 'a/.', 'a/../b', '../a', 'a/..'];
  for (const text of [...leading, 'a\nb', 'a\0', '\u007f', '\u0085', '\ud800', 'x'.repeat(513)]) {
    assert.throws(
      () => pathSegments(text, 'secret.path'),
      (error) =>
        error instanceof KeyturnError && error.code === 'invalid_request' && error.message.startsWith('secret.path: '),
      JSON.stringify(text.slice(0, 20)),
    );
  }
});

test('a hostile name is refused or is one path below, whatever it is joined to', () => {
  for (const name of hostileNames) {
    try {
      const url = new URL(`https://bao.example/v1/mount/${pathSegments(name, 'x').map(encodeURIComponent).join('/')}`);
      assert.ok(url.pathname.startsWith('/v1/mount/') && url.search === '' && url.hash === '', name);
    } catch (error) {
      assert.ok(error instanceof KeyturnError, String(error));
    }
  }
});
