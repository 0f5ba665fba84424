// What lies over the chat: one dialogue at a time. Loaded when the first is opened.

import type { Session } from '../chat/session.ts';
import { MessageDialog } from '../messages/message-dialog.tsx';
import { AboutDialog } from './about-dialog.tsx';
import { DevicesDialog } from './devices-dialog.tsx';
import { FilesDialog, PictureDialog } from './files-dialogs.tsx';
import { GoDialog } from './go-dialog.tsx';
import { GroupsDialog } from './groups-dialog.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { PeopleDialog } from './people-dialog.tsx';
import { PinsDialog } from './pins-dialog.tsx';
import { CodeDialog, WordsDialog } from './question-dialogs.tsx';
import { SearchDialog } from './search-dialog.tsx';
import { SettingsDialog } from './settings-dialog.tsx';
import { VerifyDialog } from './verify-dialog.tsx';

export function OpenOverlay({ session }: { readonly session: Session }) {
  const overlay = session.overlay.value;
  switch (overlay?.kind) {
    case undefined:
      return null;
    case 'help':
      return <HelpDialog session={session} />;
    case 'go':
      return <GoDialog session={session} />;
    case 'groups':
      return <GroupsDialog session={session} />;
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
    case 'pins':
      return <PinsDialog session={session} id={overlay.id} />;
    case 'verify':
      return <VerifyDialog session={session} name={overlay.name} />;
    case 'message':
      return <MessageDialog session={session} shown={overlay} />;
    case 'files':
      return <FilesDialog session={session} />;
    case 'picture':
      return <PictureDialog session={session} shown={overlay} />;
    case 'code':
      return <CodeDialog session={session} question={overlay} />;
    case 'words':
      return <WordsDialog session={session} question={overlay} />;
  }
}
