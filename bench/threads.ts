import { Session } from 'node:inspector/promises';

/** Every JavaScript thread of this process: the main one, and those in which the SDK runs workflows. */
export interface Threads {
  /** Sends a command of the inspector to each of them, and has what each answers: https://chromedevtools.github.io/devtools-protocol/v8/ */
  post<Answer>(method: Command): Promise<Answer[]>;
  close(): void;
}

type Command = 'Profiler.enable' | 'Profiler.start' | 'Profiler.stop' | 'HeapProfiler.collectGarbage';

/** Threads that start later are not among them. The threads of the SDK's core are no JavaScript and never are. */
export async function inspectThreads(): Promise<Threads> {
  const session = new Session();
  session.connect();
  const others: string[] = [];
  const waiting = new Map<string, (result: unknown) => void>();
  session.on('NodeWorker.attachedToWorker', ({ params }) => void others.push(params.sessionId));
  session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
    const { id, result } = JSON.parse(params.message) as { id?: number; result: unknown };
    if (id !== undefined) waiting.get(`${params.sessionId} ${id}`)?.(result);
  });
  await session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
  let last = 0;
  const tell = async (sessionId: string, method: Command): Promise<unknown> => {
    last += 1;
    const id = last;
    const answered = new Promise((resolve) => waiting.set(`${sessionId} ${id}`, resolve));
    await session.post('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify({ id, method }) });
    return answered;
  };
  return {
    async post<Answer>(method: Command) {
      const answers = [session.post(method) as Promise<unknown>, ...others.map((other) => tell(other, method))];
      return (await Promise.all(answers)) as Answer[];
    },
    close: () => session.disconnect(),
  };
}
