// What is held against the life of a sealed group (rogue-life.ts): whatever a server and members do, no text is shown
// twice, under a wrong name, or to somebody whom its sender knew to be out, and nobody opens with kept keys what was said
// without them. Whoever was shown the line of a text, and did not read it, was told why; where nobody lied, only for a
// reason that the log has.
import assert from 'node:assert/strict';
import { openInGroup, readGroupMessage } from '../../../src/e2ee/group/group-message.ts';
import type { GroupSession } from '../../../src/e2ee/group/group-session.ts';
import { decodeBase64url } from '../../../src/lib/base64url.ts';
import type { GroupServer } from '../worlds/group-server.ts';
import type { Member } from '../worlds/group-world.ts';
import type { TrueLog, TruePlace } from './true-log.ts';

interface Spoken {
  readonly text: string;
  readonly by: Member;
  /** Who was in the roster as the sender knew it. */
  readonly to: ReadonlySet<string>;
}

/** A text whose line is in the log. */
interface SpokenLine extends Spoken {
  readonly seq: number;
  readonly on: number;
  readonly sealed: string;
}

export class RogueOracle {
  readonly #server: GroupServer;
  readonly #truth: TrueLog;
  readonly #spoken = new Map<string, Spoken>();
  readonly #kept: { readonly name: string; readonly session: GroupSession }[] = [];
  readonly #hasLostState = new Set<string>();

  constructor(server: GroupServer, truth: TrueLog) {
    this.#server = server;
    this.#truth = truth;
  }

  /** Somebody is about to say something to those in `to`; what. */
  speaks(by: Member, to: ReadonlySet<string>): string {
    const text = `text ${this.#spoken.size}`;
    this.#spoken.set(text, { text, by, to });
    return text;
  }

  /** Somebody keeps what they have of the group, before they are put out. */
  keeps(name: string, session: GroupSession): void {
    this.#kept.push({ name, session });
  }

  losesState({ me }: Member): void {
    this.#hasLostState.add(me);
  }

  async judge(people: readonly Member[], isHostile: boolean): Promise<void> {
    const lines = this.#lines();
    for (const who of people) this.#checkTexts(who);
    await this.#checkSecrecy(lines);
    await this.#truth.at(this.#server.last);
    for (const who of people) {
      for (const line of lines) if (line.by !== who) await this.#checkFate(who, line, isHostile);
    }
  }

  #lines(): SpokenLine[] {
    const byToken = new Map(this.#server.log.map((line) => [line.sealed, line]));
    return [...this.#spoken.values()].flatMap((spoken) => {
      const sealed = spoken.by.sealedTexts.get(spoken.text);
      const { seq, on } = byToken.get(sealed) ?? {};
      if (sealed === undefined || seq === undefined || on === undefined) return [];
      return [{ ...spoken, seq, on, sealed }];
    });
  }

  #checkTexts(who: Member): void {
    assert.equal(new Set(who.texts).size, who.texts.length, `${who.me} reads something twice`);
    for (const shown of who.texts) {
      const [by, text] = shown.split(': ');
      const spoken = this.#spoken.get(text ?? '');
      assert.ok(spoken, `${who.me} reads what nobody said: ${shown}`);
      assert.equal(by, spoken.by.me, `${who.me} reads ${shown} of another one`);
      assert.ok(spoken.to.has(who.me), `${who.me} reads ${shown}, whose sender knew them as out`);
    }
  }

  async #checkSecrecy(lines: readonly SpokenLine[]): Promise<void> {
    for (const { name, session } of this.#kept) {
      for (const { to, seq, by, sealed } of lines) {
        if (to.has(name) || by.me === name) continue;
        const read = readGroupMessage(decodeBase64url(sealed) ?? new Uint8Array());
        const opened = read.ok && (await openInGroup(session, read.value)).ok;
        assert.ok(!opened, `${name} reads line ${seq} with old keys`);
      }
    }
  }

  /** What became of a text for somebody who was shown its line as it is. */
  async #checkFate(who: Member, line: SpokenLine, isHostile: boolean): Promise<void> {
    const { seq, text } = line;
    if (seq > who.cursor || this.#server.shown.has(`${who.me} ${seq}`)) return;
    const fate = who.fates.get(seq);
    // Of a group that was not known yet nothing is asked.
    if (fate === undefined || fate === 'read') return;
    const told = `${text} in line ${seq} for ${who.me}`;
    if (fate === 'silent')
      return assert.ok(!(await this.#isKnown(who, seq)), `${told} is passed over`);
    if (fate !== 'not-in') assert.ok(fate.why.length > 0, `${told} is not read, without a reason`);
    if (isHostile || this.#hasLostState.has(who.me)) return;
    const place = await this.#truth.at(seq);
    const why = fate === 'not-in' ? whyNotIn(who, place) : whyUnread(who, line, place);
    assert.ok(why, `${told} is not read: ${JSON.stringify(fate)}`);
  }

  /** Whether somebody had come into the group before a line. */
  async #isKnown(who: Member, seq: number): Promise<boolean> {
    const { entries } = await this.#truth.at(seq);
    return entries.has(who.me);
  }
}

/** Whether somebody was not in the tree, or not in the roster, at a place of the log. */
function whyNotIn({ me }: Member, { leaves, members }: TruePlace): boolean {
  return !leaves.has(me) || !members.has(me);
}

/** Whether the log has a reason why a text was not read by somebody in the group. */
function whyUnread(
  { me }: Member,
  { on, by, to }: SpokenLine,
  { entries, leaves, members, lastOut }: TruePlace,
): boolean {
  const cameLater = on < (entries.get(me) ?? Infinity);
  const isSenderOut = !leaves.has(by.me) || !members.has(by.me);
  const senderCameBack = on < (entries.get(by.me) ?? 0);
  return cameLater || isSenderOut || senderCameBack || on < lastOut || !to.has(me);
}
