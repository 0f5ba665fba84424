// How far others have read, as far as they have said: of each person in each conversation the highest number, whatever the
// order in which it is heard. A number belongs to a log: of another one all before is forgotten. Kept on the device, so
// that a message stays read when its readers are away.

import * as v from 'valibot';
import type { ConversationName } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import type { ClientChange, KeptValue } from '../store/store-port.ts';
import { maxReadBooks, maxReaders } from './limits.ts';

const valueName = 'read-by';
const number = v.pipe(v.number(), v.safeInteger());
const keptForm = v.pipe(
  v.string(),
  v.parseJson(),
  v.array(v.tuple([v.string(), number, v.array(v.tuple([v.string(), number]))])),
);

interface Marks {
  readonly log: number;
  /** The one whose mark moved last is the last. */
  readonly upTo: Map<Username, number>;
}

export class ReadBook {
  /** The conversation in which somebody has read last is the last. */
  readonly #marks = new Map<ConversationName, Marks>();

  constructor(values: readonly KeptValue[]) {
    const kept = values.find(({ name }) => name === valueName);
    const parsed = v.safeParse(keptForm, kept?.value);
    for (const [name, log, people] of parsed.success ? parsed.output : []) {
      for (const [user, seq] of people) {
        this.mark(name as ConversationName, log, user as Username, seq);
      }
    }
  }

  /** Somebody has read up to `seq` of a log. Returns whether that is news. */
  mark(name: ConversationName, log: number, user: Username, seq: number): boolean {
    const known = this.#marks.get(name);
    const marks = known?.log === log ? known : { log, upTo: new Map<Username, number>() };
    if (seq <= (marks.upTo.get(user) ?? 0)) return false;
    this.#marks.delete(name);
    this.#marks.set(name, marks);
    marks.upTo.delete(user);
    marks.upTo.set(user, seq);
    dropFirst(marks.upTo, maxReaders);
    dropFirst(this.#marks, maxReadBooks);
    return true;
  }

  /** Who has read the message `seq` of a log, by their names. */
  readers(name: ConversationName, log: number, seq: number): readonly Username[] {
    const marks = this.#marks.get(name);
    if (marks?.log !== log) return [];
    const readers = [...marks.upTo].filter(([, upTo]) => upTo >= seq).map(([user]) => user);
    return readers.length < 2 ? readers : readers.sort();
  }

  get value(): ClientChange {
    const value = [...this.#marks].map(([name, { log, upTo }]) => [name, log, [...upTo]]);
    return { type: 'kept-value', name: valueName, value: JSON.stringify(value) };
  }
}

/** Beyond `most`, what was put first goes. */
function dropFirst<K>(map: Map<K, unknown>, most: number): void {
  const [first] = map.keys();
  if (map.size > most && first !== undefined) map.delete(first);
}
