// Texts for empty panes: one helpful thing to do in each. Texts only, harmless by themselves: names are letters, digits
// and underscores.

import type { ConversationSummary, TimelineItems } from '../../../client/timeline/model.ts';
import { authorOf } from '../../../client/wording/item-words.ts';
import { readersWords } from '../../../client/wording/protection-words.ts';
import { pad } from './text.ts';

/** With at most this many notices of the program itself, a conversation counts as empty. */
const fewEntries = 5;

/** Whether a conversation has no messages yet. */
export function isUnspoken(entries: TimelineItems): boolean {
  if (entries.length > fewEntries) return false;
  for (let index = 0; index < entries.length; index++) {
    const item = entries.at(index);
    if (item !== undefined && authorOf(item) !== undefined) return false;
  }
  return true;
}

/** What to do in a conversation without messages. `helpKey` shows the keys. */
export function welcome(conversation: ConversationSummary, helpKey: string): readonly string[] {
  return ['', ...readersWords(conversation), '', ...commandsOf(conversation, helpKey)];
}

function commandsOf(
  { kind, name, isLeft }: ConversationSummary,
  helpKey: string,
): readonly string[] {
  switch (kind) {
    case 'lobby':
      return [
        '/msg NAME      write to one person, encrypted',
        '/join GROUP    enter a group; /create_group makes one',
        `${pad(helpKey, 14)} keys and commands`,
      ];
    case 'group':
      return [`/join ${name}    ${isLeft ? 'enters it again' : 'is what others type to come in'}`];
    case 'person':
      return ['/verify            compare your keys', '/send_file PATH    send a file'];
  }
}

export const nobodyElse = 'nobody else';
export const nothingFound = 'Nothing was found. A word is found by its beginning.';
export const noSuchPlace = 'nobody and nothing of that name; /join NAME, /create_group NAME';
