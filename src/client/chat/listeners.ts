// The listeners of a chat: code of the program, which may do anything. It is never called from within our code, but
// after our turn is done, in the order of the events. Its errors go to the program, and change nothing here.

type Listener = (value: never) => void;

export class Listeners<Events extends { readonly error: unknown }> {
  /** Throws an error where the program sees it, outside of our code. */
  readonly #rethrow: (error: unknown) => void;
  readonly #listeners = new Map<keyof Events, Set<Listener>>();
  readonly #calls: (() => void)[] = [];
  #isScheduled = false;

  constructor(rethrow: (error: unknown) => void) {
    this.#rethrow = rethrow;
  }

  /** Returns a function that removes the listener. */
  add<K extends keyof Events>(kind: K, listener: (value: Events[K]) => void): () => void {
    const listeners = this.#listeners.get(kind) ?? new Set();
    this.#listeners.set(kind, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** Calls the listeners of `kind`, then `then`, whatever they did. */
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

  /** Code of the program threw an error: the listeners of errors get it, or it becomes an uncaught exception. */
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
      // An earlier listener may have removed it.
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
