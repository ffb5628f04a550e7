import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Memory, Started, WorkerOrders } from './worker-process.ts';

/** A worker of workflows alone, in a process of its own. */
export interface WorkerProcess {
  /** Resolves when it polls. Rejects when it ends before. */
  readonly started: Promise<Started>;
  memory(): Promise<Memory>;
  /** The same without its garbage. */
  live(): Promise<Memory>;
  /** Lets it end by itself. */
  stop(): Promise<void>;
}

/** The heap that Node takes in the gigabyte of memory that deploy/kubernetes gives a worker: half of it. */
const heap = '--max-old-space-size=512';

/** Starts it as the product starts: providers loaded and workflows bundled in that process. */
export function startWorker(orders: WorkerOrders): WorkerProcess {
  const file = fileURLToPath(new URL('./worker-process.ts', import.meta.url));
  const child = fork(file, [JSON.stringify(orders)], { execArgv: [heap] });
  const ended = once(child, 'exit');
  const ask = (order: string) => {
    child.send(order);
    return answer<Memory>(child);
  };
  return {
    started: answer<Started>(child),
    memory: () => ask('memory'),
    live: () => ask('live'),
    async stop() {
      if (child.connected) child.send('stop');
      await ended;
    },
  };
}

async function answer<Value>(child: ChildProcess): Promise<Value> {
  const ended = new AbortController();
  const exit = () => ended.abort(new Error('the worker process ended'));
  child.once('exit', exit);
  const [message] = (await once(child, 'message', { signal: ended.signal })) as [Value];
  child.off('exit', exit);
  return message;
}
