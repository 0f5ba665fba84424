// Notifies a person who looks elsewhere that somebody wrote to them. Off unless asked for. Says who, never what: anybody
// nearby can read a notification.

import { effect } from '@preact/signals';
import {
  callsIn,
  type ConversationId,
  type ConversationSummary,
} from '../../client/timeline/model.ts';
import { preferenceOf } from '../preferences.ts';
import type { Session } from './session.ts';

/** Time between two notifications. */
const quietMs = 2_000;

/** For as long as the page lives. Begins with the client: before that nobody knows what is muted. */
export function notifyOf(session: Session): void {
  const notifier = new PageNotifier((id) => session.go(id));
  effect(() => {
    void session.changes.value;
    notifier.look(session.model.conversations, session.isLookedAt ? session.focus.id : undefined);
  });
}

class PageNotifier {
  readonly #go: (id: ConversationId) => void;
  readonly #counted = new Map<ConversationId, number>();
  #last = -Infinity;

  constructor(go: (id: ConversationId) => void) {
    this.#go = go;
  }

  /** Call after a change. `seen` is the conversation that the person is looking at, if any. */
  look(conversations: readonly ConversationSummary[], seen: ConversationId | undefined): void {
    let who: ConversationSummary | undefined;
    for (const conversation of conversations) {
      const { id, kind, mentions } = conversation;
      const counts = kind === 'person' ? callsIn(conversation) : mentions;
      if (counts > (this.#counted.get(id) ?? 0) && id !== seen) who = conversation;
      if (counts > 0) this.#counted.set(id, counts);
      else this.#counted.delete(id);
    }
    const isWanted = who !== undefined && preferenceOf('notify') === 'on';
    if (who === undefined || !isWanted || performance.now() - this.#last < quietMs) return;
    this.#last = performance.now();
    this.#show(who);
  }

  #show({ id, kind, name }: ConversationSummary): void {
    if (!('Notification' in globalThis) || Notification.permission !== 'granted') return;
    const words = kind === 'person' ? `${name} wrote to you` : `you were named in ${name}`;
    try {
      const shown = new Notification('helo', { body: words, tag: id });
      shown.addEventListener('click', () => {
        window.focus();
        this.#go(id);
        shown.close();
      });
    } catch {
      // Browsers on phones take notifications from service workers alone.
    }
  }
}
