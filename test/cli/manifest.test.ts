import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { stringify } from 'yaml';
import { manifestJsonSchema } from '../../src/contract/manifest.ts';
import { Folder } from '../config/config-file.ts';
import { malformedEntitlements } from './malformed-entitlements.ts';
import { good, malformed } from './malformed-manifests.ts';
import { runKeyturn, silentListener } from './run-keyturn.ts';

describe(
  'a malformed manifest ends with 2, names line, column, field and what is expected, and sends nothing',
  { concurrency: 2 },
  () => {
    let listener: Awaited<ReturnType<typeof silentListener>>;
    before(async () => void (listener = await silentListener()));
    after(() => listener.close());

    for (const [title, content, expected] of [...malformed, ...malformedEntitlements]) {
      test(title, async () => {
        await using folder = await Folder.create();
        const path = await folder.write('keyturn.yaml', content);
        const { code, stdout, stderr } = await runKeyturn(['apply', path, '--address', listener.address]);
        assert.match(stderr, expected);
        assert.match(
          stderr,
          /^keyturn: \d+ problems? in \S+keyturn\.yaml\n {2}\d+:\d+ |^keyturn: 1 problem in \S+keyturn\.yaml\n {2}the file:/,
        );
        assert.deepEqual([code, stdout, listener.connections()], [2, '', 0]);
      });
    }

    test('all problems are told at once', async () => {
      await using folder = await Folder.create();
      const identities = [
        { ...good, owner: '', kind: 'x' },
        { ...good, id: 'billing', quiet: 5 },
      ];
      const path = await folder.write(
        'keyturn.yaml',
        stringify({ version: 1, identities }, { aliasDuplicateObjects: false }),
      );
      const { stdout } = await runKeyturn(['apply', path, '--json', '--address', listener.address]);
      const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
      assert.equal(error.code, 'invalid_request');
      assert.deepEqual(
        error.message.split('\n').map((line) => /^ {2}\d+:\d+ (\S+):/.exec(line)?.[1]),
        [undefined, 'identities[0].kind', 'identities[0].owner', 'identities[1].quiet'],
      );
    });

    test('a file that is not there', async () => {
      const { code, stderr } = await runKeyturn(['apply', '/nonexistent/keyturn.yaml', '--address', listener.address]);
      assert.deepEqual(
        [code, stderr, listener.connections()],
        [2, 'keyturn: there is no file /nonexistent/keyturn.yaml\n', 0],
      );
    });
  },
);

test('a thousand identities may share one block by an alias', async () => {
  await using folder = await Folder.create();
  const shared = stringify({
    version: 1,
    identities: Array.from({ length: 1_000 }, (_, at) => ({ ...good, id: `orders-${at}` })),
  });
  assert.match(shared, /\*/);
  const { code, stderr } = await runKeyturn([
    'apply',
    await folder.write('keyturn.yaml', shared),
    '--address',
    '127.0.0.1:1',
  ]);
  assert.equal(code, 3, stderr);
});

test('the JSON Schema in the repository is the one that `keyturn schema` prints', async () => {
  const committed = await readFile(new URL('../../schema/keyturn.schema.json', import.meta.url), 'utf8');
  assert.deepEqual(JSON.parse(committed), JSON.parse(JSON.stringify(manifestJsonSchema())));
  assert.equal((await runKeyturn(['schema'])).stdout, committed);
});
