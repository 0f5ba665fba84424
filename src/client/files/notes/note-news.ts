// What is heard of notes about files, whichever engine carries them: one of somebody else's client, or what becomes of
// one of ours.

import type { GroupName, Username } from '../../../wire/text.ts';
import type { KeyStanding } from '../../encryption/trust/key-events.ts';
import type { KeptFileContent } from '../file-content.ts';

/** Why a note was not delivered, and will not be tried again. */
export type NoteLack =
  | 'no-such-user'
  | 'cannot-encrypt'
  | 'no-receipt'
  | 'too-many-handshakes'
  | 'refused'
  | 'logged-out';

/** The message of somebody else about a file that the server keeps. */
export interface KeptNews {
  readonly type: 'kept-file';
  readonly from: Username;
  readonly group?: GroupName;
  readonly file: KeptFileContent;
  readonly standing: KeyStanding;
  /** Of the device that said it. */
  readonly peerKey: Uint8Array;
}

export type OwnNoteNews = { readonly type: 'own-note'; readonly id: string } & (
  | {
      /**
       * `held`: it waits for the person's word about a changed key. `sent`: it has left. `stored`: the server keeps it
       * until their client has it. `delivered`: their client has it.
       */
      readonly fate: 'held' | 'sent' | 'stored' | 'delivered';
    }
  | { readonly fate: 'not-delivered'; readonly reason: NoteLack }
);

export type NoteNews =
  | {
      readonly type: 'note';
      readonly from: string;
      readonly bytes: Uint8Array;
      /** How the key stands that it came under: that of the device which wrote it. */
      readonly key: KeyStanding;
      readonly peerKey: Uint8Array;
      /** It came in the log of the conversation, where the file is said as well. */
      readonly isStored: boolean;
    }
  | KeptNews
  | OwnNoteNews;
