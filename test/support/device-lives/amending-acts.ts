// What people of a simulated life do with earlier messages: they answer, edit, delete and react, on any of their devices,
// to whatever that device has. Remembers which texts a message ever had.
import { currentOf } from '../../../src/client/amending/current.ts';
import { targetIdOf } from '../../../src/client/amending/target.ts';
import { textOf } from '../../../src/client/content.ts';
import type { HistoryRecord } from '../../../src/client/store/store-port.ts';
import type { Place } from '../../../src/wire/extended/names.ts';
import type { GroupName, Username } from '../../../src/wire/text.ts';
import type { DeviceLife } from './device-life.ts';
import { conversationOf } from './life-end.ts';

const emoji = ['👍', '❤️', '😂'];

export class AmendingActs {
  /** By `conversation number`: every text that the message was given. */
  readonly texts = new Map<string, Set<string>>();
  /** What was said in answer to something. */
  readonly replies: string[] = [];
  readonly #life: DeviceLife;

  constructor(life: DeviceLife) {
    this.#life = life;
  }

  act(): void {
    const { dice } = this.#life.world.fate;
    const by = dice.one(this.#life.devices);
    const { speech } = by.client ?? {};
    if (!by.isIn || speech === undefined) return;
    const where = dice.one(this.#life.placesOf(by.name));
    const conversation = conversationOf(by.name, where);
    const all = by.messages(conversation).filter(isWhole).slice(-8);
    if (all.length === 0) return;
    const record = dice.one(all);
    const { seq = 0, from } = record;
    const about = { target: { seq, id: targetIdOf(record) }, from: from ?? '' };
    const place = placeOf(where);
    const isOwn = from === by.name;
    // The founder of the group is its admin.
    const mayDelete = isOwn || (where === '#g' && by.name === 'alice');
    const said = `${by.label} ${conversation} ${seq}`;
    const kind = dice.below(10);
    if (kind < 2 && mayDelete && currentOf(record).deletion === undefined) {
      this.#given(conversation, record);
      this.#life.world.fate.emit(`deletes: ${said}`);
      void speech.delete(place, about);
    } else if (kind < 5 && isOwn) {
      this.#given(conversation, record);
      const text = this.#life.newText();
      this.texts.get(`${conversation} ${seq}`)?.add(text);
      this.#life.world.fate.emit(`edits, to ${text}: ${said}`);
      void speech.edit(place, about, text);
    } else if (kind === 5) {
      const text = this.#life.newText();
      this.replies.push(text);
      this.#life.world.fate.emit(`answers ${text}: ${said}`);
      void speech.say(place, text, about);
    } else {
      this.#life.world.fate.emit(`reacts: ${said}`);
      void speech.react(place, about, dice.one(emoji), dice.chance(0.7));
    }
  }

  #given(conversation: string, record: HistoryRecord): void {
    const key = `${conversation} ${record.seq}`;
    const known = this.texts.get(key) ?? new Set();
    const text = textOf(record.content);
    if (text !== '') known.add(text);
    this.texts.set(key, known);
  }
}

/** Whether it can be read here, and others can mean it. */
export function isWhole({ seq, unreadable }: HistoryRecord): boolean {
  return seq !== undefined && unreadable === undefined;
}

function placeOf(where: string): Place {
  if (where === 'lobby') return { kind: 'lobby' };
  if (where.startsWith('#')) return { kind: 'group', group: where.slice(1) as GroupName };
  return { kind: 'direct', user: where as Username };
}
