import type { HostileFault } from '../conformance/hostile.ts';
import { httpFaults, type Fault } from './hostile-proxy.ts';

/** A request that carries this header is a write to a proxy that waits for one. */
export const writeHeader = 'x-hostile-write';

/** A fetch that tells such a proxy what is a write. */
export function markingWrites(isWrite: (method: string, url: string) => boolean): typeof fetch {
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    const url = input instanceof Request ? input.url : input.toString();
    if (isWrite(init?.method ?? 'GET', url)) headers.set(writeHeader, '1');
    return fetch(input, { ...init, headers });
  };
}

/** Everything that goes wrong on the way to a system that speaks HTTP, by name. The late answer takes five seconds. */
export const faultsByName: Readonly<Record<string, Fault>> = {
  ...httpFaults,
  'nobody listens': { kind: 'refuse' },
  'a broken connection': { kind: 'reset' },
  'a lost answer': { kind: 'lose-reply' },
  'an answer that comes too late': { kind: 'delay', milliseconds: 5_000 },
  'a write that is lost on its way': { kind: 'reset', when: writeHeader },
  'a write whose answer is lost': { kind: 'lose-reply', when: writeHeader },
};

export const faults: readonly HostileFault[] = Object.entries(faultsByName).map(([name, fault]) => ({
  name,
  hits: 'when' in fault ? 'writes' : 'everything',
}));
