// What the page does as a whole: its title and its badge say how much is unread, keys that work everywhere, and what is
// typed is kept when it goes.

import { effect } from '@preact/signals';
import { callsOf } from '../../client/timeline/attention.ts';
import { keyOf, pageKeys } from './keys.ts';
import type { Session } from './session.ts';

export function watchPage(session: Session): void {
  effect(() => {
    const { value } = session.changes;
    const unread = callsOf(session.model);
    const { name, kind } = session.focus.conversation;
    const place = kind === 'group' ? `#${name}` : name;
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${place} – helo`;
    setBadge(unread);
    return value > 0 ? undefined : undefined;
  });
  document.addEventListener('visibilitychange', () => session.soon());
  window.addEventListener('focus', () => session.soon());
  window.addEventListener('pagehide', () => session.drafts.close());
  document.addEventListener('keydown', (event) => {
    const act = pageKeys[keyOf(event)];
    if (act === undefined || event.isComposing || isBusy(session, event)) return;
    event.preventDefault();
    act.run(session);
  });
}

/** A dialogue has the keys, and what is typed belongs to its field. */
function isBusy(session: Session, event: KeyboardEvent): boolean {
  if (session.overlay.value !== undefined) return true;
  const isTyped = event.key.length === 1 && !event.altKey && !event.ctrlKey && !event.metaKey;
  const { target } = event;
  return (
    isTyped && target instanceof HTMLElement && /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
  );
}

function setBadge(unread: number): void {
  if (!('setAppBadge' in navigator)) return;
  // A browser that shows none says so by rejecting.
  void (unread === 0 ? navigator.clearAppBadge() : navigator.setAppBadge(unread)).catch(() => {});
}
