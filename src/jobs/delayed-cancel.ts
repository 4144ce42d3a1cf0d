import { Signal, type ISignal } from '@lumino/signaling';

/** How long a person can change their mind. */
const UNDO_MS = 5_000;

/** Cancels after five seconds unless it was undone. Belongs to no tab: closing one changes nothing. */
export class DelayedCancel {
  readonly #send: (id: string) => Promise<void>;
  readonly #changed = new Signal<this, void>(this);
  readonly #waiting = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #sent = new Set<string>();

  /** `send` does the real thing; it deals with its own failures. */
  constructor(send: (id: string) => Promise<void>) {
    this.#send = send;
  }

  get changed(): ISignal<this, void> {
    return this.#changed;
  }

  /** Undo is still possible. */
  isWaiting(id: string): boolean {
    return this.#waiting.has(id);
  }

  /** The request is under way. */
  isSent(id: string): boolean {
    return this.#sent.has(id);
  }

  start(id: string): void {
    if (!this.#waiting.has(id) && !this.#sent.has(id)) {
      this.#waiting.set(
        id,
        setTimeout(() => void this.#fire(id), UNDO_MS)
      );
      this.#changed.emit();
    }
  }

  undo(id: string): void {
    clearTimeout(this.#waiting.get(id));
    if (this.#waiting.delete(id)) {
      this.#changed.emit();
    }
  }

  async #fire(id: string): Promise<void> {
    this.#waiting.delete(id);
    this.#sent.add(id);
    this.#changed.emit();
    await this.#send(id);
    this.#sent.delete(id);
    this.#changed.emit();
  }
}
