import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { Folder } from '../config/config-file.ts';
import { runKeyturn, silentListener } from './run-keyturn.ts';

const rotate = ['rotate', 'orders', '--reason', 'a test'];

describe('bad usage ends with 2 and a hint, on stderr', { concurrency: 2 }, () => {
  const cases: [title: string, args: string[], expected: RegExp][] = [
    ['no verb', [], /keyturn: expected a verb\nhint: keyturn --help/],
    [
      'an unknown verb',
      ['rotat'],
      /keyturn: unknown command 'rotat' \(Did you mean rotate\?\)|keyturn: unknown command 'rotat'/,
    ],
    ['an unknown option', [...rotate, '--now'], /keyturn: unknown option '--now'/],
    ['no identity', ['rotate', '--reason', 'x'], /keyturn: missing required argument 'identity'/],
    ['no reason', ['rotate', 'orders', '--as', 'x'], /keyturn: required option '--reason <text>' not specified/],
    ['too many arguments', ['setup', 'now'], /keyturn: too many arguments/],
    ['an option without its value', [...rotate, '--as'], /keyturn: option '--as <name>' argument missing/],
    ['an unknown shell', ['completion', 'tcsh'], /keyturn: .*Allowed choices are bash, zsh, fish/],
    ['a request from nobody', rotate, /keyturn: who are you\? .*\nhint: give --as NAME, or set KEYTURN_AS/],
    ['a decision by nobody', ['approve', 'orders'], /keyturn: who are you\?/],
    [
      'a worker without configuration',
      ['worker'],
      /keyturn: expected a configuration\nhint: give --config FILE, or set KEYTURN_CONFIG/,
    ],
    [
      'a worker whose configuration is not there',
      ['worker', '--config', '/nonexistent.yaml'],
      /keyturn: there is no file/,
    ],
    [
      'a client whose configuration is not there',
      [...rotate, '--as', 'x', '--config', '/nonexistent.yaml'],
      /keyturn: there is no file/,
    ],
    [
      'an unknown Temporal profile',
      ['gates', '--profile', 'nowhere'],
      /keyturn: Temporal's environment configuration has no usable profile "nowhere"/,
    ],
  ];
  for (const [title, args, expected] of cases) {
    test(title, async () => {
      const { code, stdout, stderr } = await runKeyturn(args);
      assert.match(stderr, expected);
      assert.match(stderr, /\nhint: |there is no file/);
      assert.deepEqual([code, stdout], [2, '']);
    });
  }

  test('with --json the error is the one document on stdout', async () => {
    for (const args of [['rotat'], ['worker'], rotate]) {
      const { code, stdout, stderr } = await runKeyturn([...args, '--json']);
      const { error } = JSON.parse(stdout) as { error: { code: string; message: string; hint: string } };
      assert.deepEqual([code, error.code, Object.keys(error)], [2, 'invalid_request', ['code', 'message', 'hint']]);
      assert.ok(stderr.startsWith('keyturn: '));
    }
  });

  test('the name of the person may come from KEYTURN_AS, never from the login', async () => {
    const { stderr } = await runKeyturn([...rotate, '--address', '127.0.0.1:1'], {
      env: { KEYTURN_AS: 'rob@example.com', USER: 'x' },
    });
    assert.match(stderr, /Temporal at 127\.0\.0\.1:1/);
  });
});

describe(
  'a Temporal that is not there ends every verb that needs it with 3, within ten seconds',
  { concurrency: 2 },
  () => {
    const verbs = [
      ['gates'],
      ['setup'],
      ['status', 'orders'],
      [...rotate, '--as', 'x', '--wait'],
      ['plan', 'orders', '--as', 'x'],
      ['approve', '--as', 'x'],
    ];
    for (const args of verbs) {
      test(`${args[0]}, where nobody listens`, () => unreachable(args, '127.0.0.1:1'));
    }

    test('gates, where somebody listens and says nothing', async () => {
      const listener = await silentListener();
      await unreachable(['gates'], listener.address);
      listener.close();
    });

    async function unreachable(args: string[], address: string) {
      const { code, stderr, ms } = await runKeyturn([...args, '--address', address]);
      assert.equal(code, 3, stderr);
      assert.ok(stderr.includes(`Temporal at ${address} gave no answer`), stderr);
      assert.ok(ms < 10_000, `${ms} ms`);
    }
  },
);

describe('help, version and completion', () => {
  test('help and version end with 0, and help tells the exit codes', async () => {
    const [help, version] = await Promise.all([runKeyturn(['--help']), runKeyturn(['--version'])]);
    assert.deepEqual([help.code, version.code, help.stderr], [0, 0, '']);
    assert.match(help.stdout, /Exit codes:\n {2}0 {4}done/);
    assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
  });

  test('the bash completion completes verbs and the options of a verb', async () => {
    await using folder = await Folder.create();
    const script = await folder.write('completion', (await runKeyturn(['completion', 'bash'])).stdout);
    const complete = (...words: string[]) => {
      const call = `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _keyturn; echo "\${COMPREPLY[*]}"`;
      return spawnSync('bash', ['-c', call, script, ...words], { encoding: 'utf8' }).stdout.trim();
    };
    assert.equal(complete('keyturn', 're'), 'reissue reopen reject');
    assert.equal(complete('keyturn', 'rotate', 'orders', '--re'), '--reason --request-id');
  });

  test('every shell gets every verb', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { stdout } = await runKeyturn(['completion', shell]);
      for (const verb of [
        'apply',
        'plan',
        'rotate',
        'gates',
        'approve',
        'reject',
        'status',
        'worker',
        'dev',
        'setup',
        'schema',
      ]) {
        assert.ok(stdout.includes(verb), `${verb} in ${shell}`);
      }
    }
  });
});
