// The keys of the page: the terminal's, where a browser leaves them. The list under `?` is made from
// this table (overlay/help-dialog.tsx).

import { callsIn, tellsIn } from '../../client/timeline/attention.ts';
import type { ConversationSummary } from '../../client/timeline/model.ts';
import type { Session } from './session.ts';

interface PageKey {
  readonly help: string;
  readonly run: (session: Session) => void;
}

const isAny = (): boolean => true;
const isUnread = (conversation: ConversationSummary): boolean => callsIn(conversation) > 0;
const isMeant = (conversation: ConversationSummary): boolean => tellsIn(conversation) > 0;

const step =
  (by: 1 | -1, isWanted: (conversation: ConversationSummary) => boolean) =>
  ({ focus, pane }: Session): void => {
    pane.value = 'messages';
    focus.step(by, isWanted);
  };

/** By the name of the key, as `keyOf` writes it. */
export const pageKeys: Readonly<Record<string, PageKey>> = {
  '?': { help: 'this list', run: ({ overlay }) => (overlay.value = { kind: 'help' }) },
  'Ctrl+G': {
    help: 'go to a conversation by a few letters of its name',
    run: ({ overlay }) => (overlay.value = { kind: 'go' }),
  },
  'Ctrl+Shift+F': {
    help: 'find messages',
    run: ({ overlay }) => (overlay.value = { kind: 'search', query: '' }),
  },
  'Alt+ArrowDown': { help: 'the next with something unread', run: step(1, isUnread) },
  'Alt+ArrowUp': { help: 'the previous with something unread', run: step(-1, isUnread) },
  'Alt+PageDown': { help: 'the next conversation', run: step(1, isAny) },
  'Alt+PageUp': { help: 'the previous conversation', run: step(-1, isAny) },
  'Alt+N': { help: 'the next that names you, or is to you alone', run: step(1, isMeant) },
  'Alt+P': { help: 'the previous such', run: step(-1, isMeant) },
  'Alt+U': { help: 'to the unread line', run: ({ focus }) => focus.toUnread() },
  'Ctrl+Home': { help: 'the oldest message', run: ({ focus }) => void focus.toOldest() },
  'Ctrl+End': { help: 'the newest message', run: ({ focus }) => focus.toNewest() },
  Escape: { help: 'the newest message; closes a dialogue', run: ({ focus }) => focus.toNewest() },
};

/** `Alt+ArrowDown`, `Ctrl+G`, `?`. */
export function keyOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): string {
  const isLetter = /^[a-z]$/i.test(key);
  const parts = [
    ctrlKey || metaKey ? 'Ctrl' : '',
    altKey ? 'Alt' : '',
    // Of a character the shift is a part already.
    shiftKey && (isLetter || key.length > 1) && (ctrlKey || metaKey || altKey) ? 'Shift' : '',
    isLetter ? key.toUpperCase() : key,
  ];
  return parts.filter((part) => part !== '').join('+');
}
