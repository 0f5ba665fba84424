// The listeners of a chat: code of the program, of which nothing is known. It is never called from within ours, but
// after our turn is done, in the order of the events. What it throws goes to the program, and changes nothing here.

type Listener = (value: never) => void;

export class Listeners<Events extends { readonly error: unknown }> {
  /** Throws an error where the program sees it, and nothing of ours. */
  readonly #rethrow: (error: unknown) => void;
  readonly #listeners = new Map<keyof Events, Set<Listener>>();
  readonly #calls: (() => void)[] = [];
  #isScheduled = false;

  constructor(rethrow: (error: unknown) => void) {
    this.#rethrow = rethrow;
  }

  /** Returns how to stop. */
  add<K extends keyof Events>(kind: K, listener: (value: Events[K]) => void): () => void {
    const listeners = this.#listeners.get(kind) ?? new Set();
    this.#listeners.set(kind, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** Tells those who listen to `kind`; `then` comes behind them, whatever they did. */
  emit<K extends keyof Events>(kind: K, value: Events[K], then: () => void = () => {}): void {
    if (this.#listenersOf(kind).length === 0) {
      then();
      return;
    }
    this.#calls.push(() => {
      this.#call(kind, value);
      then();
    });
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    void Promise.resolve().then(() => this.#callAll());
  }

  /** Something of the program's went wrong: those who listen to errors hear it, or nobody catches it. */
  failed(error: unknown): void {
    if (this.#listenersOf('error').length > 0) this.emit('error', error);
    else this.#rethrow(error);
  }

  #callAll(): void {
    try {
      for (let call = this.#calls.shift(); call !== undefined; call = this.#calls.shift()) call();
    } finally {
      this.#isScheduled = false;
    }
  }

  #call<K extends keyof Events>(kind: K, value: Events[K]): void {
    for (const listener of this.#listenersOf(kind)) {
      // One before it may have stopped it.
      if (!this.#listeners.get(kind)?.has(listener)) continue;
      try {
        listener(value as never);
      } catch (error) {
        if (kind === 'error') this.#rethrow(error);
        else this.failed(error);
      }
    }
  }

  #listenersOf(kind: keyof Events): readonly Listener[] {
    return [...(this.#listeners.get(kind) ?? [])];
  }
}
