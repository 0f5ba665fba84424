// A group: what it is about, its rules, who is in it and what each of them is, and what this person may do there: /members.
// Choosing somebody shows what can be done about them; choosing that does it, and says how it went.

import {
  choicesAbout,
  choicesAboutBanned,
  choicesOf,
  doAction,
  infoFrom,
  type GroupChoice,
} from '../../../client/governing/group-choices.ts';
import type { GroupInfo } from '../../../client/governing/govern-wish.ts';
import type { Model, Verdict } from '../../../client/timeline/model.ts';
import { banLine, infoLines } from '../../../client/wording/govern-words.ts';
import { withMarks } from '../../../client/wording/name-marks.ts';
import { fit, wrap } from '../draw/text.ts';
import type { Theme } from '../draw/theme.ts';
import type { Bindings } from '../input/bindings.ts';
import type { TerminalInput } from '../input/input-reader.ts';
import type { KeyAction } from '../input/key-table.ts';
import { ListCursor } from './list-cursor.ts';
import type { Overlay, OverlayOutcome } from './overlay.ts';

export interface GroupOverlayPorts {
  readonly model: Model;
  readonly bindings: Bindings;
  readonly group: string;
  /** It is to be drawn again. */
  readonly changed: () => void;
}

/** A row that can be chosen: it does something, or shows what can be done about somebody. */
interface Row {
  readonly words: string;
  readonly choice?: GroupChoice;
  readonly about?: string;
}

export class GroupOverlay implements Overlay {
  readonly title: string;
  readonly #ports: GroupOverlayPorts;
  readonly #cursor = new ListCursor();
  /** Undefined until it is known. */
  #info: GroupInfo | undefined;
  /** Which rules it has read. */
  #rules: number | undefined;
  #remark = '';
  /** Whose choices are shown. */
  #about: string | undefined;
  /** What is asked about once more. */
  #asked: GroupChoice | undefined;

  constructor(ports: GroupOverlayPorts) {
    this.#ports = ports;
    const { bindings, group } = ports;
    this.title = `#${group}  (${bindings.word('list-choose')} chooses, ${bindings.word('list-close')} closes it)`;
  }

  rows(width: number, height: number, theme: Theme): readonly string[] {
    const { group, model } = this.#ports;
    const { rules } = model.conversation(`#${group}`) ?? {};
    if (rules !== this.#rules) void this.#read(this.#remark);
    this.#rules = rules;
    const lines = this.#info === undefined ? [] : infoLines(group, this.#info);
    const about = this.#about === undefined ? lines : [`${this.#about}:`];
    const head = about.flatMap((line) => wrapped(line, width));
    const remark = this.#remark === '' ? [] : wrapped(this.#remark, width);
    // What is chosen from has room, however long the description is.
    const shownHead = head.slice(0, Math.max(1, Math.floor(height / 2)));
    const rows = this.#rows();
    const room = Math.max(1, height - shownHead.length - remark.length - 1);
    const start = this.#cursor.window(rows.length, room);
    return [
      ...shownHead,
      ...remark.map((line) => theme.paint('strong', line)),
      '',
      ...rows.slice(start, start + room).map(({ words }, index) => {
        const isChosen = index + start === this.#cursor.index;
        const row = fit(`${isChosen ? '▌ ' : '  '}${words}`, width);
        return isChosen ? theme.paint('chosen', row) : row;
      }),
    ].slice(0, height);
  }

  input(input: TerminalInput, action: KeyAction | undefined): OverlayOutcome {
    if (action === 'list-close') {
      if (this.#about === undefined) return 'goes';
      this.#show(undefined);
      return 'stays';
    }
    if (action === 'list-choose') this.#choose();
    else if (!this.#cursor.input(input, action)) {
      return input.type === 'key' ? 'goes-unheard' : 'stays';
    }
    return 'stays';
  }

  #choose(): void {
    const row = this.#rows()[this.#cursor.index];
    if (row?.choice !== undefined) this.#take(row.choice);
    else if (row?.about !== undefined) this.#show(row.about);
  }

  #take(choice: GroupChoice): void {
    if (choice.isHard === true && this.#asked?.words !== choice.words) {
      this.#asked = choice;
      this.#remark = `${choice.words}: really? Choose it once more.`;
      return;
    }
    const { group, model } = this.#ports;
    this.#remark = '…';
    void this.#done(doAction(model, group, choice.action));
  }

  async #done(doing: Promise<Verdict>): Promise<void> {
    const done = await doing;
    this.#show(undefined);
    await this.#read(done.ok ? (done.value ?? 'done') : done.error);
  }

  async #read(remark: string): Promise<void> {
    const { group, model, changed } = this.#ports;
    const known = await model.groupInfo(group);
    const { protection } = model.conversation(`#${group}`) ?? {};
    this.#info = known.ok
      ? known.value
      : infoFrom(model.people(`#${group}`), protection === 'sealed');
    this.#remark = remark !== '' || known.ok ? remark : known.error;
    changed();
  }

  #show(about: string | undefined): void {
    this.#about = about;
    this.#asked = undefined;
    this.#remark = '';
    this.#cursor.index = 0;
  }

  #rows(): readonly Row[] {
    const info = this.#info;
    const { group, model } = this.#ports;
    const people = model.people(`#${group}`);
    const asRows = (choices: readonly GroupChoice[]): readonly Row[] =>
      choices.map((choice) => ({ words: choice.words, choice }));
    if (info !== undefined && this.#about !== undefined) {
      const isIn = people.some(({ name }) => name === this.#about);
      const about = isIn ? choicesAbout : choicesAboutBanned;
      return asRows(about(info, model.me, this.#about));
    }
    const members = people.map(({ name, isMe, isHere, isVerified, role }): Row => {
      const marks = {
        you: isMe,
        owner: role === 'owner',
        moderator: role === 'moderator',
        silenced: info?.silenced?.some(({ user }) => user === name) === true,
        verified: isVerified,
        away: !isHere && !isMe,
      };
      const words = withMarks(name, marks);
      const isMore = info !== undefined && choicesAbout(info, model.me, name).length > 0;
      return isMore ? { words: `${words} …`, about: name } : { words };
    });
    if (info === undefined) return members;
    const bans = info.knowsBans ? (info.bans ?? []) : [];
    const banned = bans.map((ban): Row => ({ words: `banned: ${banLine(ban)}`, about: ban.user }));
    return [...members, ...asRows(choicesOf(info, model.me)), ...banned];
  }
}

function wrapped(line: string, width: number): readonly string[] {
  const room = width - 2;
  return wrap(line, room, room).map(({ start, end }) => fit(` ${line.slice(start, end)}`, width));
}
