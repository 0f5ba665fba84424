// The whole chat: the conversations, the messages of the open one, its people.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Composer } from './composer.tsx';
import { ConversationHead } from './conversation-head.tsx';
import { ConversationList } from './conversation-list.tsx';
import { MessageList } from './message-list.tsx';
import { PeoplePane } from './people.tsx';
import type { Session } from './session.ts';
import { StatusBar } from './status-bar.tsx';

export function ChatScreen({ session }: { readonly session: Session }) {
  const Announcer = session.announcer.value;
  return (
    <main class="chat" data-pane={session.pane.value}>
      <h1 class="hidden">helo</h1>
      <ConversationList session={session} />
      <section class="open" aria-label="The open conversation">
        <ConversationHead session={session} />
        <MessageList session={session} />
        <Composer session={session} />
        <StatusBar session={session} />
      </section>
      <PeoplePane session={session} />
      {Announcer !== undefined && <Announcer session={session} />}
      <OpenOverlay session={session} />
    </main>
  );
}

type Overlays = typeof import('../overlay/overlays.tsx');
const overlays = signal<Overlays | undefined>(undefined);

function OpenOverlay({ session }: { readonly session: Session }) {
  const isOpen = session.overlay.value !== undefined;
  const Loaded = overlays.value?.OpenOverlay;
  useEffect(() => {
    if (isOpen && Loaded === undefined) void loadOverlays(session);
  }, [isOpen, Loaded, session]);
  return isOpen && Loaded !== undefined ? <Loaded session={session} /> : null;
}

async function loadOverlays(session: Session): Promise<void> {
  try {
    overlays.value = await import('../overlay/overlays.tsx');
  } catch {
    session.overlay.value = undefined;
    session.remark.value = 'That part of the page cannot be loaded now. Is there a connection?';
  }
}
