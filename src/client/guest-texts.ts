// Private texts of an account to a guest: they go through the live conversation, which has ids of its own. This maps
// them to the ids under which they were sent, so the sender gets one outcome only.

import type { ClientEventSink, OwnContent, PrivateEvent } from './client-event.ts';
import type { CommandRefusal } from './command-refusal.ts';
import type { Result } from '../lib/result.ts';
import type { Username } from '../wire/text.ts';

export class GuestTexts {
  readonly #me: Username;
  readonly #emit: ClientEventSink;
  /** At most as many as live conversations hold. */
  readonly #handed = new Map<string, OwnContent>();

  constructor(me: Username, emit: ClientEventSink) {
    this.#me = me;
    this.#emit = emit;
  }

  /** The live conversation accepted a text, or did not. Undefined if there is none any more. */
  handedOver(own: OwnContent, sent: Result<string, CommandRefusal> | undefined): void {
    if (sent?.ok === true) {
      this.#handed.set(sent.value, own);
      return;
    }
    const reason = sent?.error.hint ?? 'the chat ended first';
    this.#end(own, sent?.error.code ?? 'not-open', reason);
  }

  /** Events about live texts. */
  receive(event: PrivateEvent): void {
    if (event.type !== 'delivered' && event.type !== 'not-delivered') return;
    const handed = this.#handed.get(event.id);
    if (handed === undefined) return;
    this.#handed.delete(event.id);
    if (event.type === 'delivered') {
      this.#emit({
        type: 'own',
        message: { ...handed, from: this.#me, encrypted: true, state: 'delivered' },
      });
    } else {
      // The live conversation has told the person why.
      this.#end(handed, event.reason, undefined);
    }
  }

  #end(own: OwnContent, code: string, reason: string | undefined): void {
    this.#emit({
      type: 'own',
      message: { ...own, from: this.#me, encrypted: true, state: 'refused', code, reason },
    });
  }
}
