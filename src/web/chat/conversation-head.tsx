// The head of the open conversation: which it is, and who can read it.

import { callsIn } from '../../client/timeline/attention.ts';
import { protectionWords } from '../../client/wording/protection-words.ts';
import { timerMark } from '../../client/wording/timer-words.ts';
import type { Session } from './session.ts';

export function ConversationHead({ session }: { readonly session: Session }) {
  session.watch();
  const { id, kind, name, protection, timer } = session.focus.conversation;
  const ends = timerMark(timer);
  const elsewhere = session.model.conversations.filter((one) => one.id !== id);
  const calls = elsewhere.reduce((sum, one) => sum + callsIn(one), 0);
  return (
    <header class="head">
      <button class="narrow-only" onClick={() => (session.pane.value = 'list')}>
        <span aria-hidden="true">☰</span>
        <span class="hidden">All conversations</span>
        {calls > 0 && (
          <span class="count">
            {calls > 999 ? '999+' : calls}
            <span class="hidden"> unread elsewhere</span>
          </span>
        )}
      </button>
      <div class="title">
        <h2>
          {kind === 'group' && '#'}
          <bdi>{name}</bdi>
        </h2>
        <p class={protection === 'changed' ? 'protection warning' : 'protection'}>
          {protectionWords[protection]}
          {ends !== undefined && `, ${ends}`}
        </p>
      </div>
      <button onClick={() => (session.overlay.value = { kind: 'search', query: '' })}>Find</button>
      <button
        class="narrow-only people-button"
        onClick={() => (session.overlay.value = { kind: 'people' })}
      >
        People
      </button>
      <button onClick={() => (session.overlay.value = { kind: 'about', id })}>About</button>
    </header>
  );
}
