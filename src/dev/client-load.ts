import { get } from 'node:https';

/** A client that asks again and again, and counts what failed. */
export interface ClientLoad extends AsyncDisposable {
  readonly requests: number;
  readonly failed: number;
  /** Resolves when the last request has ended. The second call resolves too. */
  stop(): Promise<void>;
}

/** Two requests at a time, each followed by a breath. A status other than 200, or none within two seconds, is a failure. */
export function startClientLoad(url: string): ClientLoad {
  return repeat([url, url], async (each) => {
    const answer = await fetch(each, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    await answer?.body?.cancel();
    return answer?.status === 200;
  });
}

/** Where clients ask on TLS, under which names, and which root they trust. */
export interface TlsServer {
  readonly host: string;
  readonly port: number;
  readonly serverNames: readonly string[];
  /** PEM. */
  readonly root: string;
}

/** The same on TLS, one client for each name, a connection for each request: a chain that does not lead to the root is a failure. */
export function startTlsLoad({ host, port, serverNames, root }: TlsServer): ClientLoad {
  return repeat(
    serverNames,
    (servername) =>
      new Promise((resolve) => {
        const asked = { host, port, servername, ca: root, agent: false, timeout: 2_000 } as const;
        const request = get(asked, (answer) => {
          answer.resume();
          answer.once('close', () => resolve(answer.statusCode === 204));
        });
        request.once('timeout', () => request.destroy());
        request.once('error', () => resolve(false));
      }),
  );
}

function repeat<Place>(places: readonly Place[], ask: (place: Place) => Promise<boolean>): ClientLoad {
  let running = true;
  const count = { requests: 0, failed: 0 };
  const one = async (place: Place) => {
    while (running) {
      const isGood = await ask(place);
      count.requests += 1;
      if (!isGood) count.failed += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const clients = places.map(one);
  const stop = async () => {
    running = false;
    await Promise.all(clients);
  };
  return {
    get requests() {
      return count.requests;
    },
    get failed() {
      return count.failed;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
