/** One call of a method of a port: `system.mint.install`, `store.put`, `api.deliver`. */
export interface PortCall {
  readonly name: string;
  readonly args: readonly unknown[];
}

/** Does a call, or does not: what stands between the activities and the world. */
export type Around = (call: PortCall, act: () => Promise<unknown>) => Promise<unknown>;

/** The same port, each of whose methods goes through `around`. Drawing a secret touches no system, so it does not. */
export function observed<Port extends object>(port: Port, place: string, around: Around): Port {
  return new Proxy(port, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      const name = `${place}.${String(key)}`;
      if (typeof value === 'object' && value !== null) return observed(value, name, around);
      if (typeof value !== 'function' || key === 'draw') return value;
      const method = value as (...args: unknown[]) => Promise<unknown>;
      return (...args: unknown[]) => around({ name, args }, () => method.apply(target, args));
    },
  });
}
