// The table of all keys: the action of each, and its default keys. The help is made from it, and so is [keys] of the
// configuration file. Knows names of keys only, no bytes.

export interface KeyRow {
  readonly keys: readonly string[];
  readonly help: string;
}

/** Between conversations and in them. */
const goingKeys = {
  help: { keys: ['f1'], help: 'this help' },
  switch: { keys: ['ctrl+g'], help: 'go to a conversation by a few letters of its name' },
  next: { keys: ['ctrl+n', 'alt+right'], help: 'the next conversation' },
  previous: { keys: ['ctrl+p', 'alt+left'], help: 'the previous conversation' },
  'next-unread': { keys: ['alt+a', 'alt+down'], help: 'the next with something unread' },
  'previous-unread': { keys: ['alt+up'], help: 'the previous with something unread' },
  'next-mention': { keys: ['alt+n'], help: 'the next that names you, or is to you alone' },
  'previous-mention': { keys: ['alt+p'], help: 'the previous such' },
  'page-up': { keys: ['pageUp'], help: 'earlier messages' },
  'page-down': { keys: ['pageDown'], help: 'later messages' },
  oldest: { keys: ['ctrl+home'], help: 'the oldest message' },
  newest: {
    keys: ['escape', 'ctrl+end'],
    help: 'what Tab offers goes; else: back to the newest message',
  },
  home: { keys: ['home'], help: 'line-start; where nothing is typed: oldest' },
  end: { keys: ['end'], help: 'line-end; where nothing is typed: newest' },
  choose: {
    keys: ['alt+s', 'ctrl+up'],
    help: 'choose a message: to answer it, react to it, edit or delete it',
  },
  'first-unread': { keys: ['alt+u'], help: 'to the unread line' },
  'toggle-list': { keys: ['f7'], help: 'the conversations, shown or hidden' },
  'toggle-people': { keys: ['f8'], help: 'the people, shown or hidden' },
  'toggle-mouse': { keys: ['alt+m'], help: 'the mouse: wheel and clicks, on or off' },
  redraw: { keys: ['ctrl+l'], help: 'draw the screen anew' },
  suspend: { keys: ['ctrl+z'], help: 'back to the shell; fg returns' },
  leave: { keys: ['ctrl+d'], help: 'leave; where something is typed: delete-forward' },
} as const satisfies Record<string, KeyRow>;

const placeKeys = {
  'place-1': { keys: ['alt+1'], help: 'the first conversation' },
  'place-2': { keys: ['alt+2'], help: 'the second' },
  'place-3': { keys: ['alt+3'], help: 'the third' },
  'place-4': { keys: ['alt+4'], help: 'the fourth' },
  'place-5': { keys: ['alt+5'], help: 'the fifth' },
  'place-6': { keys: ['alt+6'], help: 'the sixth' },
  'place-7': { keys: ['alt+7'], help: 'the seventh' },
  'place-8': { keys: ['alt+8'], help: 'the eighth' },
  'place-9': { keys: ['alt+9'], help: 'the ninth' },
  'place-10': { keys: ['alt+0'], help: 'the tenth' },
} as const satisfies Record<string, KeyRow>;

const writingKeys = {
  send: { keys: ['enter'], help: 'send, or do what the command says' },
  complete: { keys: ['tab'], help: 'complete a name, a command, a file' },
  'complete-back': { keys: ['shift+tab'], help: 'the one before' },
  'search-sent': { keys: ['ctrl+r'], help: 'look for something that you sent here before' },
  editor: { keys: ['ctrl+o'], help: 'write the text in your $EDITOR' },
  clear: { keys: ['ctrl+c'], help: 'clear the text; twice with none: leave at once' },
} as const satisfies Record<string, KeyRow>;

/** The text editor's keys, as in readline. */
const editorKeys = {
  newline: { keys: ['alt+enter', 'ctrl+j', 'shift+enter'], help: 'a new line in the text' },
  up: { keys: ['up'], help: 'a line up; where nothing is typed: what you sent here before' },
  down: { keys: ['down'], help: 'a line down; later again' },
  left: { keys: ['left', 'ctrl+b'], help: 'a character back' },
  right: { keys: ['right', 'ctrl+f'], help: 'a character forward' },
  'word-left': { keys: ['alt+b', 'ctrl+left'], help: 'a word back' },
  'word-right': { keys: ['alt+f', 'ctrl+right'], help: 'a word forward' },
  'line-start': { keys: ['ctrl+a'], help: 'to the beginning of the line' },
  'line-end': { keys: ['ctrl+e'], help: 'to the end of the line' },
  'text-page-up': { keys: [], help: 'up a long text' },
  'text-page-down': { keys: [], help: 'down a long text' },
  'jump-forward': { keys: ['ctrl+]'], help: 'forward to the character typed next' },
  'jump-back': { keys: ['ctrl+alt+]'], help: 'back to the character typed next' },
  'delete-back': { keys: ['backspace', 'shift+backspace'], help: 'delete the character before' },
  'delete-forward': { keys: ['delete'], help: 'delete the character behind' },
  'delete-word-back': {
    keys: ['ctrl+w', 'alt+backspace', 'ctrl+backspace'],
    help: 'delete the word before',
  },
  'delete-word-forward': { keys: ['alt+d', 'alt+delete'], help: 'delete the word behind' },
  'delete-to-start': { keys: ['ctrl+u'], help: 'delete up to the beginning of the line' },
  'delete-to-end': { keys: ['ctrl+k'], help: 'delete up to the end of the line' },
  transpose: { keys: ['ctrl+t'], help: 'exchange the characters before and behind' },
  yank: { keys: ['ctrl+y'], help: 'bring back what was deleted' },
  'yank-earlier': { keys: ['alt+y'], help: 'then: what was deleted before that' },
  undo: { keys: ['ctrl+-'], help: 'undo' },
} as const satisfies Record<string, KeyRow>;

/** In overlays: lists, the help, questions. Other keys edit there as they do in the text. */
const listKeys = {
  'list-up': { keys: ['up', 'ctrl+p'], help: 'up' },
  'list-down': { keys: ['down', 'ctrl+n'], help: 'down' },
  'list-page-up': { keys: ['pageUp'], help: 'a page up' },
  'list-page-down': { keys: ['pageDown'], help: 'a page down' },
  'list-first': { keys: ['home'], help: 'the first' },
  'list-last': { keys: ['end'], help: 'the last' },
  'list-choose': { keys: ['enter'], help: 'choose' },
  'list-close': { keys: ['escape', 'ctrl+c'], help: 'close it' },
} as const satisfies Record<string, KeyRow>;

const pasteKeys = {
  'paste-edit': { keys: ['enter'], help: 'put the lines into the text' },
  'paste-send': { keys: ['s'], help: 'send them' },
  'paste-drop': { keys: ['escape', 'ctrl+c'], help: 'drop them' },
} as const satisfies Record<string, KeyRow>;

/** Where a message is chosen. */
const messageKeys = {
  'message-up': { keys: ['up', 'ctrl+up', 'alt+s'], help: 'the message before' },
  'message-down': { keys: ['down', 'ctrl+down'], help: 'the next one' },
  'message-reply': { keys: ['r', 'enter'], help: 'answer it' },
  'message-react': { keys: ['+'], help: 'react to it' },
  'message-pin': { keys: ['p'], help: 'pin it for everybody there, or take that off' },
  'message-edit': { keys: ['e'], help: 'edit it' },
  'message-delete': { keys: ['d', 'delete'], help: 'delete it for everybody; asks first' },
  'message-forms': { keys: ['h'], help: 'its earlier texts' },
  'message-go': { keys: ['g'], help: 'to the message that it answers' },
  'message-leave': { keys: ['escape', 'ctrl+c'], help: 'choose none' },
} as const satisfies Record<string, KeyRow>;

export const keyTable = {
  ...goingKeys,
  ...placeKeys,
  ...writingKeys,
  ...editorKeys,
  ...listKeys,
  ...pasteKeys,
  ...messageKeys,
};

export type KeyAction = keyof typeof keyTable;
export type EditorAction = keyof typeof editorKeys;
export type PlaceAction = keyof typeof placeKeys;
export type MessageAction = keyof typeof messageKeys;
/** The screen's own actions. */
export type ScreenAction = keyof typeof goingKeys | keyof typeof writingKeys | PlaceAction;

/** Where keys have actions of their own. A key may have one action in each. */
export type KeyPlace = 'screen' | 'list' | 'paste' | 'message';

/** The rows of the table in the order of the help. */
export const keySections: readonly {
  readonly title: string;
  readonly place: KeyPlace;
  readonly actions: readonly KeyAction[];
}[] = [
  { title: 'Going about', place: 'screen', actions: namesIn(goingKeys) },
  { title: 'Writing', place: 'screen', actions: [...namesIn(writingKeys), ...namesIn(editorKeys)] },
  { title: 'A chosen message', place: 'message', actions: namesIn(messageKeys) },
  { title: 'In lists', place: 'list', actions: namesIn(listKeys) },
  { title: 'Pasted lines', place: 'paste', actions: namesIn(pasteKeys) },
  { title: 'Places in the list', place: 'screen', actions: namesIn(placeKeys) },
];

/** Whether `action` is the text editor's. */
export function isEditorAction(action: KeyAction): action is EditorAction {
  return Object.hasOwn(editorKeys, action);
}

/** Whether `action` is about the chosen message. */
export function isMessageAction(action: KeyAction): action is MessageAction {
  return Object.hasOwn(messageKeys, action);
}

function namesIn<Rows extends object>(rows: Rows): readonly (keyof Rows)[] {
  return Object.keys(rows) as (keyof Rows)[];
}
