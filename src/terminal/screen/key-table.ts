// The table of keys that are not the editor's: what each does, and by which keys unless the person says otherwise. The
// help is made of it.

export interface KeyRow {
  readonly keys: readonly string[];
  readonly help: string;
}

export const keyTable = {
  help: { keys: ['f1'], help: 'this help' },
  switch: { keys: ['ctrl+g'], help: 'go to a conversation by a few letters of its name' },
  next: { keys: ['ctrl+n'], help: 'the next conversation' },
  previous: { keys: ['ctrl+p'], help: 'the previous conversation' },
  'next-unread': { keys: ['alt+a', 'alt+down'], help: 'the next with something unread' },
  'previous-unread': { keys: ['alt+up'], help: 'the previous with something unread' },
  'page-up': { keys: ['pageUp'], help: 'earlier messages' },
  'page-down': { keys: ['pageDown'], help: 'later messages' },
  'first-unread': { keys: ['alt+u'], help: 'to the unread line' },
  newest: { keys: ['escape'], help: 'close what is open, back to the newest message' },
  'toggle-list': { keys: ['f7'], help: 'the conversations, shown or hidden' },
  'toggle-people': { keys: ['f8'], help: 'the people, shown or hidden' },
  'toggle-mouse': { keys: ['alt+m'], help: 'the mouse: wheel and clicks, on or off' },
  newline: { keys: ['alt+enter', 'ctrl+j'], help: 'a new line in the text' },
  complete: { keys: ['tab'], help: 'complete a name, a command, a file' },
  'complete-back': { keys: ['shift+tab'], help: 'the one before' },
  editor: { keys: ['ctrl+o'], help: 'write the text in your $EDITOR' },
  redraw: { keys: ['ctrl+l'], help: 'draw the screen anew' },
  clear: { keys: ['ctrl+c'], help: 'clear the text; twice: leave at once' },
  leave: { keys: ['ctrl+d'], help: 'leave, where nothing is typed' },
  suspend: { keys: ['ctrl+z'], help: 'back to the shell; fg returns' },
} as const satisfies Record<string, KeyRow>;

export type KeyAction = keyof typeof keyTable;

/** The keys of the editor, for the help: they are readline's. */
export const editorKeys: readonly (readonly [keys: string, help: string])[] = [
  ['Enter', 'send'],
  ['Up, Down', 'what you sent here before, where nothing is typed'],
  ['Ctrl-A, Ctrl-E', 'to the beginning, to the end of the line'],
  ['Alt-B, Alt-F', 'a word back, a word forward'],
  ['Ctrl-W, Alt-D', 'delete the word before, the word behind'],
  ['Ctrl-U, Ctrl-K', 'delete up to the beginning, up to the end'],
  ['Ctrl-Y, Alt-Y', 'bring back what was deleted, an earlier one'],
  ['Ctrl-_', 'undo'],
];

/** From keys to what they do. */
export function bindKeys(
  table: Readonly<Record<KeyAction, { readonly keys: readonly string[] }>>,
): ReadonlyMap<string, KeyAction> {
  const bound = new Map<string, KeyAction>();
  for (const [action, { keys }] of Object.entries(table)) {
    for (const key of keys) bound.set(key, action as KeyAction);
  }
  return bound;
}

/** `ctrl+n` as people write it: `Ctrl-N`. */
export function shownKey(key: string): string {
  return key
    .split('+')
    .map((part) => (part.length === 1 ? part.toUpperCase() : (shownNames[part] ?? capital(part))))
    .join('-');
}

const shownNames: Readonly<Record<string, string>> = {
  pageUp: 'PgUp',
  pageDown: 'PgDn',
  escape: 'Esc',
};

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
