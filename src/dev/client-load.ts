/** A client that asks again and again, and counts what failed. */
export interface ClientLoad {
  readonly requests: number;
  readonly failed: number;
  stop(): Promise<void>;
}

/** Two requests at a time, each followed by a breath. A status other than 200, or none within two seconds, is a failure. */
export function startClientLoad(url: string): ClientLoad {
  let running = true;
  const count = { requests: 0, failed: 0 };
  const one = async () => {
    while (running) {
      const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
      count.requests += 1;
      if (answer?.status !== 200) count.failed += 1;
      await answer?.body?.cancel();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const clients = [one(), one()];
  return {
    get requests() {
      return count.requests;
    },
    get failed() {
      return count.failed;
    },
    async stop() {
      running = false;
      await Promise.all(clients);
    },
  };
}
