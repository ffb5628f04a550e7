import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { KeyturnError } from '../contract/errors.ts';

/** Runs `keyturn apply` on a file, by the command that anybody would use, and hands on what it says. */
export async function applyManifest(
  path: string,
  env: Readonly<Record<string, string>>,
  say: (line: string) => void,
): Promise<void> {
  const cli = fileURLToPath(new URL(`../cli${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url));
  const child = spawn(process.execPath, [cli, 'apply', path], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (child.exitCode !== 0)
    throw new KeyturnError('invalid_request', `keyturn apply ended with ${child.exitCode}`, stderr.trim());
  for (const line of stdout.trim().split('\n')) say(line);
}
