// The outcome of each message that a program has sent, as promises.

import { ChatError } from './chat-error.ts';
import type { ClientEvent, OwnMessage, PrivateEvent } from '../client-event.ts';
import type { SendState } from '../store/store-port.ts';

/** Where the server has stored a message. Both undefined if it stores nothing, and for guests. */
export interface StoredPlace {
  readonly seq: number | undefined;
  readonly at: number | undefined;
}

/** A message that was sent. */
export interface SendPromise {
  readonly place: string;
  readonly text: string;
  /** Its current state: `waiting`, `stored`, `delivered`, or `refused`. */
  readonly state: SendState;
  /**
   * Resolves when the server has stored it. Rejects with a ChatError if it is refused, or the chat ends first: then an
   * account's message stays on the device, and is sent the next time. For a guest it resolves at once in the lobby and
   * in groups, and at delivery for a person. It may be ignored.
   */
  readonly stored: Promise<StoredPlace>;
}

/** The most private messages that are followed until their delivery. Beyond that, the oldest are not. */
const maxFollowed = 2000;

interface Open {
  state: SendState;
  readonly resolve: (stored: StoredPlace) => void;
  readonly reject: (error: ChatError) => void;
}

export class SendPromises {
  readonly #open = new Map<string, Open>();

  /** `id` is from the client. Undefined for a message that is not followed. */
  make(id: string | undefined, place: string, text: string): SendPromise {
    let open: Open | undefined;
    const stored = new Promise<StoredPlace>((resolve, reject) => {
      open = { state: 'waiting', resolve, reject };
    });
    // An ignored rejection must not end the program.
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
    // For private messages the delivery is reported later.
    if (state !== 'stored' || place.kind !== 'direct') this.#open.delete(localId);
    if (this.#open.size > maxFollowed) this.#forgetStored();
    if (state === 'refused') {
      open.state = 'refused';
      open.reject(new ChatError(code ?? 'refused', reason ?? 'it was refused'));
    } else this.#settle(open, seq, at, state);
  }

  /** What becomes of an edit, a deletion or a reaction. */
  receiveAmendment({
    amendment: { localId },
    state,
    reason,
  }: Extract<ClientEvent, { readonly type: 'own-amendment' }>): void {
    const open = this.#open.get(localId);
    if (open === undefined || state === 'waiting') return;
    this.#open.delete(localId);
    open.state = state;
    if (state === 'stored') open.resolve({ seq: undefined, at: undefined });
    else open.reject(new ChatError('refused', reason ?? 'it was refused'));
  }

  /** An event about a guest's private text. */
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

  /** The chat has ended. */
  ended(): void {
    for (const open of this.#open.values()) {
      open.reject(new ChatError('not-open', 'the chat ended before the server had it'));
    }
    this.#open.clear();
  }

  /** Messages that are delivered late or never are not followed without end. */
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
