// The output of `helo recv`: one line for each message. As JSON in the form of docs/OPERATIONS.md; otherwise as line mode
// prints it, where no text of others can look like another line.
import type { ChatMessage } from '../../client/chat/chat.ts';
import { harmless } from '../../client/wording/sanitize.ts';
import { placeMark } from '../../client/wording/place-words.ts';
import { parsePlace } from '../../wire/extended/names.ts';
import { printJson, printText } from '../json-lines.ts';

type AmendedKind = 'edited' | 'deleted' | 'pinned' | 'reacted';

export interface AmendedFields {
  readonly place: string;
  readonly seq: number;
  readonly by: string;
  readonly at: number;
  readonly text?: string;
  readonly emoji?: string;
  readonly isOn?: boolean;
}

export class Printer {
  readonly #isJson: boolean;

  constructor(isJson: boolean) {
    this.#isJson = isJson;
  }

  /** Resolves with whether the reader was given it. */
  async message(message: ChatMessage): Promise<boolean> {
    if (this.#isJson) return printJson({ type: 'message', ...fieldsOf(message) });
    const { place, from, text, encrypted, unknown, key } = message;
    const where = place === undefined ? undefined : parsePlace(place);
    const mark = where === undefined ? '@@? ' : placeMark(where, encrypted);
    const words = unknown ? 'a message of a kind that this version of helo does not know' : text;
    const remark = key === 'changed' ? '(new key, not trusted) ' : '';
    return printText(`${mark}[${from}] ${remark}${harmless(words)}\n`);
  }

  async amended(kind: AmendedKind, fields: AmendedFields): Promise<boolean> {
    if (this.#isJson) return printJson({ type: kind, ...fields });
    const { place, by, text = '', emoji = '', isOn } = fields;
    const where = parsePlace(place);
    const words = {
      edited: `edited: ${text}`,
      deleted: 'deleted a message',
      pinned: isOn === false ? 'unpinned a message' : 'pinned a message',
      reacted: isOn === false ? `took back ${emoji}` : `reacted with ${emoji}`,
    }[kind];
    const mark = where === undefined ? '' : placeMark(where);
    return printText(`${mark}* ${by} ${harmless(words)}\n`);
  }
}

/** Only what docs/OPERATIONS.md has: other fields are not for programs that read this. */
function fieldsOf(message: ChatMessage): Readonly<Record<string, unknown>> {
  const { place, from, text, unknown, encrypted, key, guest, at, seq, late } = message;
  return { place, from, text, unknown, encrypted, key, guest, at, seq, late };
}
