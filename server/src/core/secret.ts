import { inspect } from 'node:util';

const hidden = '[secret]';

/** A token or password. It never prints: not by template, JSON, `console.log` or pino. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself; call this only where it goes on the wire. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [inspect.custom](): string {
    return hidden;
  }
}
