// The whole chat: the conversations, the messages of the open one, its people.

import { AboutDialog } from '../overlay/about-dialog.tsx';
import { Announcer } from './announcer.tsx';
import { CodeDialog, WordsDialog } from '../overlay/question-dialogs.tsx';
import { Composer } from './composer.tsx';
import { ConversationHead } from './conversation-head.tsx';
import { ConversationList } from './conversation-list.tsx';
import { DevicesDialog } from '../overlay/devices-dialog.tsx';
import { GoDialog } from '../overlay/go-dialog.tsx';
import { HelpDialog } from '../overlay/help-dialog.tsx';
import { MessageList } from './message-list.tsx';
import { PeopleDialog, PeoplePane } from './people.tsx';
import { SearchDialog } from '../overlay/search-dialog.tsx';
import type { Session } from './session.ts';
import { SettingsDialog } from '../overlay/settings-dialog.tsx';
import { StatusBar } from './status-bar.tsx';
import { VerifyDialog } from '../overlay/verify-dialog.tsx';

export function ChatScreen({ session }: { readonly session: Session }) {
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
      <Announcer session={session} />
      <OpenOverlay session={session} />
    </main>
  );
}

function OpenOverlay({ session }: { readonly session: Session }) {
  const overlay = session.overlay.value;
  switch (overlay?.kind) {
    case undefined:
      return null;
    case 'help':
      return <HelpDialog session={session} />;
    case 'go':
      return <GoDialog session={session} />;
    case 'settings':
      return <SettingsDialog session={session} />;
    case 'devices':
      return <DevicesDialog session={session} />;
    case 'people':
      return <PeopleDialog session={session} />;
    case 'search':
      return <SearchDialog session={session} query={overlay.query} />;
    case 'about':
      return <AboutDialog session={session} id={overlay.id} />;
    case 'verify':
      return <VerifyDialog session={session} name={overlay.name} />;
    case 'code':
      return <CodeDialog session={session} question={overlay} />;
    case 'words':
      return <WordsDialog session={session} question={overlay} />;
  }
}
