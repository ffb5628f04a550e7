/**
 * One secret value that can't leave by accident: it prints as `[secret]`, and serialising it throws, so that the JSON
 * converter of Temporal refuses it in every argument and result.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** Gives the clear value to the one place that needs it: a vendor's client, or the store. Never keep what it returns. */
  reveal(): string {
    return this.#value;
  }

  /**
   * A secret of the same length and alphabet that is surely another one: the known-bad control of a differential proof.
   * A verifier that accepts it proves nothing about the good one.
   */
  spoiled(): Secret {
    return new Secret(this.#value.replace(/[a-z]|[A-Z]|[0-9]/g, nextOfItsKind));
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): never {
    throw new TypeError('a Secret was about to be serialised; pass a SecretRef instead');
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}

function nextOfItsKind(char: string): string {
  const last = { z: 'a', Z: 'A', 9: '0' }[char];
  return last ?? String.fromCharCode(char.charCodeAt(0) + 1);
}
