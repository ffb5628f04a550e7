import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';

/**
 * The shell below waits on a pipe that closes when this process ends, in whatever way: by itself, by a signal, by a crash or by
 * SIGKILL. Then it ends what is left. So no handler for signals is needed, and the caller keeps its own.
 */
const script = `
while read -r word rest; do
  case $word in
    process) pids="$pids $rest" ;;
    release) kept=; for pid in $pids; do [ "$pid" = "$rest" ] || kept="$kept $pid"; done; pids=$kept ;;
    folder) set -- "$@" "$rest" ;;
    forget) for path; do shift; [ "$path" = "$rest" ] || set -- "$@" "$path"; done ;;
  esac
done
[ -z "$pids" ] || { kill -s INT $pids; sleep 2; kill -s KILL $pids; }
rm -rf -- "$@"
`;

let guard: ChildProcess | undefined;
let guarded = 0;

/** Has the process ended should this one end before the returned function was called. */
export function guardProcess(pid: number): () => void {
  tell(`process ${pid}`);
  return once(() => release(`release ${pid}`));
}

/** Has the folder removed should this process end before the returned function was called. */
export function guardFolder(path: string): () => void {
  tell(`folder ${path}`);
  return once(() => release(`forget ${path}`));
}

function tell(line: string): void {
  guard ??= startGuard();
  guarded += 1;
  guard.stdin?.write(`${line}\n`);
}

function release(line: string): void {
  guard?.stdin?.write(`${line}\n`);
  guarded -= 1;
  if (guarded > 0) return;
  guard?.stdin?.end();
  guard = undefined;
}

function startGuard(): ChildProcess {
  // Detached: what ends the whole process group must not end the guard with it.
  const child = spawn('/bin/sh', ['-c', script, 'guard'], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  child.unref();
  (child.stdin as Socket).unref();
  return child;
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}
