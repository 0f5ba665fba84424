// The outcome of each message that a program has sent, as promises.

import { ChatError } from './chat-error.ts';
import type { OwnMessage, PrivateEvent } from '../client-event.ts';
import type { SendState } from '../store/store-port.ts';

/** Where the server has put a message; both undefined where it keeps nothing, and for guests. */
export interface StoredPlace {
  readonly seq: number | undefined;
  readonly at: number | undefined;
}

/** Something that was said. */
export interface SendPromise {
  readonly place: string;
  readonly text: string;
  /** At this moment: `waiting`, `stored`, `delivered`, or `refused`. */
  readonly state: SendState;
  /**
   * Resolves when the server has stored it; rejects with a ChatError when it is refused, or the chat ends first: then
   * an account's message stays on the device, and is sent the next time. For a guest it resolves at once in the lobby
   * and in groups, and when it is delivered to a person. Nobody has to look at it.
   */
  readonly stored: Promise<StoredPlace>;
}

/** Private messages that are followed until they are delivered; beyond, the oldest are not. */
const maxFollowed = 2000;

interface Open {
  state: SendState;
  readonly resolve: (stored: StoredPlace) => void;
  readonly reject: (error: ChatError) => void;
}

export class SendPromises {
  readonly #open = new Map<string, Open>();

  /** `id` as the client gave it; undefined for what is not followed further. */
  make(id: string | undefined, place: string, text: string): SendPromise {
    let open: Open | undefined;
    const stored = new Promise<StoredPlace>((resolve, reject) => {
      open = { state: 'waiting', resolve, reject };
    });
    // Whoever does not look at it is not ended by it.
    stored.catch(() => {});
    if (open !== undefined && id !== undefined) this.#open.set(id, open);
    if (open !== undefined && id === undefined) this.#settle(open, undefined, undefined);
    const current = open;
    return {
      place,
      text,
      get state() {
        return current?.state ?? 'waiting';
      },
      stored,
    };
  }

  receive({ localId, place, state, seq, at, code, reason }: OwnMessage): void {
    const open = this.#open.get(localId);
    if (open === undefined || state === 'waiting') return;
    // Of private messages it will be told when they are delivered.
    if (state !== 'stored' || place.kind !== 'direct') this.#open.delete(localId);
    if (this.#open.size > maxFollowed) this.#forgetStored();
    if (state === 'refused') {
      open.state = 'refused';
      open.reject(new ChatError(code ?? 'refused', reason ?? 'it was refused'));
    } else this.#settle(open, seq, at, state);
  }

  /** Of a guest's private texts. */
  heardPrivate(event: PrivateEvent): void {
    if (event.type !== 'delivered' && event.type !== 'not-delivered') return;
    const open = this.#open.get(event.id);
    if (open === undefined) return;
    this.#open.delete(event.id);
    if (event.type === 'delivered') this.#settle(open, undefined, undefined, 'delivered');
    else {
      open.state = 'refused';
      open.reject(new ChatError(event.reason, `it was not delivered to ${event.to}`));
    }
  }

  /** The chat is over. */
  ended(): void {
    for (const open of this.#open.values()) {
      open.reject(new ChatError('not-open', 'the chat ended before the server had it'));
    }
    this.#open.clear();
  }

  /** What is delivered later, or never, is not followed for ever. */
  #forgetStored(): void {
    for (const [id, { state }] of this.#open) {
      if (state === 'stored') {
        this.#open.delete(id);
        return;
      }
    }
  }

  #settle(
    open: Open,
    seq: number | undefined,
    at: number | undefined,
    state: SendState = 'stored',
  ): void {
    open.state = state;
    open.resolve({ seq, at });
  }
}
