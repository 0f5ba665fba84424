// The head of the open conversation: which it is, and who can read it.

import { protectionWords } from '../../client/wording/protection-words.ts';
import type { Session } from './session.ts';

export function ConversationHead({ session }: { readonly session: Session }) {
  session.watch();
  const { id, kind, name, protection } = session.focus.conversation;
  return (
    <header class="head">
      <button
        class="narrow-only"
        onClick={() => (session.pane.value = 'list')}
        aria-label="All conversations"
      >
        <span aria-hidden="true">☰</span>
      </button>
      <div class="title">
        <h2>
          {kind === 'group' && '#'}
          <bdi>{name}</bdi>
        </h2>
        <p class={protection === 'changed' ? 'protection warning' : 'protection'}>
          {protectionWords[protection]}
        </p>
      </div>
      <button onClick={() => (session.overlay.value = { kind: 'search', query: '' })}>Find</button>
      <button class="narrow-only" onClick={() => (session.overlay.value = { kind: 'people' })}>
        People
      </button>
      <button onClick={() => (session.overlay.value = { kind: 'about', id })}>About</button>
    </header>
  );
}
