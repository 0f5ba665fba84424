// Which tab of this browser has the data of an account: one at a time, by a Web Lock, which ends with its tab however that
// ends. Another tab can ask for it over a channel. A tab that does not answer keeps it until it is closed: taking it from
// a tab that still writes would damage what both store.

const takeOver = 'take-over';

export class TabHold {
  readonly #name: string;
  readonly #channel: BroadcastChannel;
  /** Lets it go. Undefined if another tab has it. */
  #letGo: (() => void) | undefined;
  #asked: (() => void) | undefined;

  private constructor(name: string, letGo: (() => void) | undefined) {
    this.#name = name;
    this.#letGo = letGo;
    this.#channel = new BroadcastChannel(name);
    this.#channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (data === takeOver && this.isHeld) this.#asked?.();
    });
  }

  /** Tries to get what has that name. */
  static async of(name: string): Promise<TabHold> {
    return new TabHold(name, await tryLock(name));
  }

  /** Whether this tab has it. */
  get isHeld(): boolean {
    return this.#letGo !== undefined;
  }

  /** Calls `action` when another tab asks for it. It should end the client, which lets it go. */
  onAsked(action: () => void): void {
    this.#asked = action;
  }

  /** Asks the tab that has it to let it go. Resolves when no tab has it. */
  async takeOver(): Promise<void> {
    if (this.isHeld) return;
    this.#channel.postMessage(takeOver);
    await navigator.locks.request(this.#name, () => {});
  }

  /** Lets it go. */
  release(): void {
    this.#letGo?.();
    this.#letGo = undefined;
    this.#channel.close();
  }
}

/** What lets the lock go; undefined if somebody has it. */
function tryLock(name: string): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    const held = (lock: Lock | null): Promise<void> | undefined => {
      if (lock === null) {
        resolve(undefined);
        return undefined;
      }
      return new Promise((letGo) => resolve(letGo));
    };
    navigator.locks.request(name, { ifAvailable: true }, held).catch(reject);
  });
}
