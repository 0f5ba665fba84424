// The public library: what `import ... from 'helo'` gives. docs/LIBRARY.md describes it.

export { connect, type ConnectOptions } from './library/connect.ts';
export type { LinkStep } from './library/link.ts';
export { ChatError } from './client/chat/chat-error.ts';
export type {
  Chat,
  ChatEvents,
  ChatMessage,
  GroupMembers,
  PastMessage,
  Person,
  SealedMembers,
} from './client/chat/chat.ts';
export type { ExportWish } from './client/chat/chat-links.ts';
export type { QuietNow, QuietTime } from './client/chat/chat-quiet.ts';
export type { NotifyRule } from './client/account/own/quiet/quiet.ts';
export type {
  ProgramEvent as ClientEvent,
  ProgramOwnMessage as OwnMessage,
} from './client/chat/program-event.ts';
export type {
  DirectoryAlarm,
  DirectoryNews,
  DirectoryState,
} from './client/account/directory/directory-alarm.ts';
export type { ListedDevice } from './client/encryption/trust/devices.ts';
export type { ClientState, CloseReason } from './client/client-state.ts';
export type { SendPromise, StoredPlace } from './client/chat/send-promises.ts';
