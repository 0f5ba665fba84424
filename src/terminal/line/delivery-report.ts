// Whether everything that a script gave to the line client was delivered, and a line on stderr for each failure that
// stderr does not have yet. A person at a terminal sees it; a script has the exit code (helo-chat(1)).

import type { ClientEvent } from '../../client/client-event.ts';
import type { Transfer } from '../../client/files/transfer.ts';
import { soft, type SoftCode } from '../../wire/replies.ts';
import { shownName } from '../../client/wording/file-progress.ts';
import { contentWords } from '../../client/wording/content-words.ts';
import { excerpt, v1ReplyTo, whereTo } from '../../client/wording/present-own.ts';
import { warning, type PrintedLine } from '../../client/wording/printed-line.ts';

/** Refusals of what a person wanted to be done about groups: nothing was to be delivered. */
const aboutGroups: ReadonlySet<SoftCode> = new Set([
  'group-exists',
  'group-name-invalid',
  'too-many-groups',
  'already-member',
  'banned',
  'not-a-member',
  'admin-cannot-leave',
  'not-allowed-to-kick',
  'cannot-kick-yourself',
  'user-not-a-member',
  'ban-list-full',
]);

export class DeliveryReport {
  #isWhole = true;
  /** Texts in the clear, whose refusal names nobody. */
  #unencrypted = 0;

  /** Whether everything arrived so far, as far as that is known. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** A line was not taken; it was told why. */
  refused(): void {
    this.#isWhole = false;
  }

  /** A text was sent in the clear. */
  unencryptedSent(): void {
    this.#unencrypted += 1;
  }

  /** Takes the events of the client. What is to be told besides. */
  receive(event: ClientEvent): readonly PrintedLine[] {
    // Who has left is missed by receipts too, which are nothing that a script gave.
    const isMissing = event.type === 'refused' && event.reply.code === 'no-such-user';
    if (isMissing && this.#unencrypted === 0) return [];
    const lines = undelivered(event);
    if (lines !== undefined) this.#isWhole = false;
    return lines ?? [];
  }
}

/** Undefined where nothing was lost; the lines where something was. */
function undelivered(event: ClientEvent): readonly PrintedLine[] | undefined {
  switch (event.type) {
    case 'refused': {
      const { code, text } = event.reply;
      if (code !== undefined && aboutGroups.has(code)) return undefined;
      return [warning(`not sent: ${text}`)];
    }
    case 'private':
      return event.event.type === 'not-delivered' ? [] : undefined;
    case 'own': {
      const { state, place, content } = event.message;
      if (state !== 'refused') return undefined;
      const reply = v1ReplyTo(event.message);
      if (reply === undefined) return [];
      const why = soft.templates[reply];
      return [warning(`not sent${whereTo(place)}, ${why}: "${excerpt(contentWords(content))}"`)];
    }
    case 'file':
      return event.event.type === 'transfer' ? undeliveredFile(event.event.transfer) : undefined;
    default:
      return undefined;
  }
}

function undeliveredFile({
  direction,
  name,
  peer,
  state,
}: Transfer): readonly PrintedLine[] | undefined {
  if (direction === 'incoming') return undefined;
  if (state.phase === 'ended') return [];
  if (state.phase !== 'paused' || state.why !== 'logged-out') return undefined;
  return [warning(`${shownName(name)} has not arrived at ${peer} yet; it goes on another time`)];
}
