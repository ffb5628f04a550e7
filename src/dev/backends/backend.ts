/** `aws` is an emulator; the others are the real products. */
export type BackendName = 'temporal' | 'openbao' | 'postgres' | 'aws';

/** A real system that runs as a child of this process, on 127.0.0.1, from one folder. */
export interface Backend {
  readonly name: BackendName;
  /** Process id of the running server; after a restart another one. */
  readonly pid: number;
  /** Ends the process and resolves when it is gone. Stopping a stopped one resolves. */
  stop(): Promise<void>;
  /** Sends SIGKILL to the server's process alone and does not wait; `stop` still has to follow. */
  kill(): void;
}

/** A backend whose data outlives its process. */
export interface DurableBackend extends Backend {
  /** Starts again on the same ports and data; a process that still runs is stopped first. Resolves when it is ready. */
  restart(): Promise<void>;
}

/** What every backend needs to know to start. */
export interface StartOptions {
  /** Existing folder for data and logs. A second start on it finds the data of the first. */
  readonly folder: string;
  /** Hears what takes long, such as a download. One short line at a time, without a newline. */
  readonly progress?: ((text: string) => void) | undefined;
  /** Where KEYTURN_*, PATH and HOME are read; by default that of this process. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}
