// Tells a person who looks elsewhere that somebody wrote to them (notifying.ts). Off unless asked for.

import { effect } from '@preact/signals';
import { calledWords, Notifying } from '../../client/timeline/notifying.ts';
import type { ConversationSummary } from '../../client/timeline/model.ts';
import { preferenceOf } from '../preferences.ts';
import type { Session } from './session.ts';

/** For as long as the page lives. Begins with the client: before that nobody knows what is to be quiet. */
export function notifyOf(session: Session): void {
  const notifying = new Notifying(() => performance.now());
  effect(() => {
    void session.changes.value;
    const seen = session.isLookedAt ? session.focus.id : undefined;
    const who = notifying.look(session.model, seen, preferenceOf('notify') === 'on');
    if (who !== undefined) show(session, who);
  });
}

function show(session: Session, conversation: ConversationSummary): void {
  if (!('Notification' in globalThis) || Notification.permission !== 'granted') return;
  const { id } = conversation;
  try {
    const shown = new Notification('helo', { body: calledWords(conversation), tag: id });
    shown.addEventListener('click', () => {
      window.focus();
      session.go(id);
      shown.close();
    });
  } catch {
    // Browsers on phones take notifications from service workers alone.
  }
}
