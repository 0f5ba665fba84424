// Whether everything that a script gave to the line client was delivered, and a line on stderr for each failure that
// stderr does not have yet. A person at a terminal sees it; a script has the exit code (helo-chat(1)).

import type { ClientEvent } from '../../client/client-event.ts';
import type { Transfer } from '../../client/files/transfer.ts';
import { soft, type SoftCode } from '../../wire/replies.ts';
import { shownName } from '../../client/wording/file-progress.ts';
import { contentWords } from '../../client/wording/content-words.ts';
import { excerpt, v1ReplyTo, whereTo } from '../../client/wording/present-own.ts';
import { warning, type PrintedLine } from '../../client/wording/printed-line.ts';

/** Refusals of group commands: nothing was to be delivered. */
const aboutGroups: ReadonlySet<SoftCode> = new Set([
  'group-exists',
  'group-name-invalid',
  'too-many-groups',
  'already-member',
  'sealed-group',
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
  /** Unencrypted texts, whose refusal names nobody. */
  #unencrypted = 0;

  /** Whether everything has arrived so far, as far as is known. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** A line was not accepted; the script was told why. */
  refused(): void {
    this.#isWhole = false;
  }

  /** A text was sent unencrypted. */
  unencryptedSent(): void {
    this.#unencrypted += 1;
  }

  /** An event of the client. Returns additional lines to print. */
  receive(event: ClientEvent): readonly PrintedLine[] {
    // A refusal may also be about a receipt to a person who has left, which is not from the script.
    const isMissing = event.type === 'refused' && event.reply.code === 'no-such-user';
    if (isMissing && this.#unencrypted === 0) return [];
    const lines = undelivered(event);
    if (lines !== undefined) this.#isWhole = false;
    return lines ?? [];
  }
}

/** Undefined if nothing was lost; otherwise the lines about it. */
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
    case 'own-amendment':
      return event.state === 'refused' ? [] : undefined;
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
