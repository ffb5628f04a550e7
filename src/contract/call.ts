/** A call that changes nothing. `signal` ends it when the worker drains or the attempt times out. */
export interface Read {
  readonly signal: AbortSignal;
}

/** A call that changes something: repeating it with the same `operation` leaves the world as one success would (I6). */
export interface Write extends Read {
  readonly operation: string;
}
