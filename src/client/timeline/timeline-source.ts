// What the timeline reads of a client: everything that it shows, and nothing that a person asks for. A headless client is
// one; so is what a device has stored, before its client is there (stored-source.ts).

import type { ChatClient } from '../chat-client.ts';
import type { FileCommands } from '../login-files.ts';

export interface TimelineSource extends Pick<
  ChatClient,
  | 'amending'
  | 'as'
  | 'conversations'
  | 'historyRange'
  | 'isSealed'
  | 'read'
  | 'root'
  | 'roster'
  | 'sealedView'
  | 'shownView'
  | 'signals'
  | 'timerAt'
> {
  listUsers(): unknown;
  /** Whether what somebody says in the lobby and in groups is hidden. */
  isIgnored(name: string): boolean;
  /** Undefined before it is known. */
  readonly quiet: Pick<ChatClient['quiet'], 'mutedUntil' | 'quietUntil' | 'rule'> | undefined;
  readonly devices: Pick<ChatClient['devices'], 'of'>;
  readonly people: Pick<ChatClient['people'], 'names'>;
  readonly files: Pick<FileCommands, 'list'> | undefined;
}
