// The keys of a message that has the focus: the terminal's letters. The list under `?` is made from this table.

import { keyOf } from '../chat/keys.ts';
import type { MessageActs } from './message-acts.ts';

interface MessageKey {
  readonly help: string;
  readonly run: (acts: MessageActs, key: number) => void;
}

/** By the name of the key, as `keyOf` writes it. */
export const messageKeys: Readonly<Record<string, MessageKey>> = {
  ArrowUp: { help: 'the message before', run: (acts, key) => acts.step(key, -1) },
  ArrowDown: {
    help: 'the message behind; behind the newest: the text',
    run: (acts, key) => acts.step(key, 1),
  },
  R: { help: 'reply', run: (acts, key) => acts.reply(key) },
  '+': { help: 'react', run: (acts, key) => acts.ask(key, 'react') },
  E: { help: 'edit', run: (acts, key) => acts.edit(key) },
  P: {
    help: 'pin, or take the pin off',
    run: (acts, key) => acts.pin(key, acts.itemAt(key)?.pinned === undefined),
  },
  D: { help: 'delete: it asks first', run: (acts, key) => acts.ask(key, 'delete') },
  C: { help: 'copy', run: (acts, key) => void acts.copy(key) },
  Enter: { help: 'all that can be done', run: (acts, key) => acts.ask(key, 'all') },
  Escape: { help: 'back to the text', run: (acts) => acts.toText() },
};

/** Keys of the input that lead to messages, for the same list. */
export const wayToMessages: readonly (readonly [key: string, help: string])[] = [
  ['ArrowUp', 'where nothing is typed: edits what you said last, or brings back the last command'],
  ['Ctrl+ArrowUp', 'at the beginning of the text: to the messages'],
];

/** In buttons and links of a message only these are for the message. */
const everywhere: ReadonlySet<string> = new Set(['ArrowUp', 'ArrowDown', 'Escape']);

/** A key in the list of messages. Returns whether it was for this. */
export function pressedAt(acts: MessageActs, event: KeyboardEvent): boolean {
  const { target } = event;
  if (event.isComposing || !(target instanceof HTMLElement)) return false;
  const name = keyOf(event);
  const row = target.closest<HTMLElement>('[data-key]');
  if (row === null)
    return target.matches('.messages') && name === 'ArrowUp' ? acts.toMessages() : false;
  const act = messageKeys[name];
  if (act === undefined || (target !== row && !everywhere.has(name))) return false;
  // More than one page of text is read by the browser's own keys first.
  if (name.startsWith('Arrow') && isBeyond(row, name === 'ArrowUp' ? 'top' : 'bottom'))
    return false;
  act.run(acts, Number(row.dataset['key']));
  return true;
}

/** Whether more of a long message is beyond that edge of the list. */
function isBeyond(row: HTMLElement, edge: 'top' | 'bottom'): boolean {
  const list = row.closest('.messages')?.getBoundingClientRect();
  const { [edge]: at, height } = row.getBoundingClientRect();
  if (list === undefined || height < list.height) return false;
  return edge === 'top' ? at < list.top - 1 : at > list.bottom + 1;
}
