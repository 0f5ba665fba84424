// What a person of an account says that is more than one line of text: replies, texts of several lines, mentions; and
// edits, deletions and reactions. Owns the conditions before it is sent. Where the server can read what is said, it has
// to know that there is more than texts; sealed, it carries everything.
import { encodeUtf8 } from '../../lib/bytes.ts';
import type { Result } from '../../lib/result.ts';
import type { Place } from '../../wire/extended/names.ts';
import type { ExpirySeconds } from '../../wire/expiry.ts';
import type { Username } from '../../wire/text.ts';
import {
  refuseCommand,
  refuseLength,
  refuseText,
  type CommandRefusal,
} from '../command-refusal.ts';
import { textContent, textOf, type AmendmentContent, type SpokenContent } from '../content.ts';
import { maxDirectTextBytes } from '../encryption/stored/engine.ts';
import { plainSentence } from '../wording/amending-words.ts';
import type { Mention } from './said-content.ts';
import type { Target } from './target.ts';

/** The account's part of it. */
export interface SpeechAccount {
  say(place: Place, content: SpokenContent, plain?: string): Result<string, CommandRefusal>;
  mentionsIn(place: Place, text: string): Promise<readonly Mention[]>;
  isAdminAt(place: Place): Promise<boolean>;
  isSealedAt(place: Place): boolean;
  isAccount(user: Username): boolean;
}

export interface SpeechPorts {
  readonly me: Username;
  readonly account: SpeechAccount;
  /** Why nothing may be said at a place, if nothing may. */
  readonly refusal: (place: Place) => CommandRefusal | undefined;
  /** Whether the server of this connection carries more than texts in the open; undefined without a connection. */
  readonly hasContents: () => boolean | undefined;
  /** The same of messages that disappear. */
  readonly canExpire: () => boolean | undefined;
}

/** A message that is answered, or that something is said of. */
export interface About {
  readonly target: Target;
  /** Who said it. */
  readonly from: string;
  /** Of what disappears: its time, which an edit of it has too. */
  readonly ttl?: ExpirySeconds | undefined;
}

export class Speech {
  readonly #ports: SpeechPorts;

  constructor(ports: SpeechPorts) {
    this.#ports = ports;
  }

  /** Says a text of one line or several. The id identifies it in the `own` events that follow. */
  async say(place: Place, text: string, reply?: About): Promise<Result<string, CommandRefusal>> {
    if (text === '' || /[\r\0]/.test(text)) return refuseText(text);
    const mentions = await this.#ports.account.mentionsIn(place, text);
    const isOneLine = !text.includes('\n') || this.#isSealed(place);
    if (reply === undefined && mentions.length === 0 && isOneLine)
      return this.#send(place, textContent(text), undefined);
    const content = { kind: 'said', reply: reply?.target, text, mentions } as const;
    // It has a sentence beside it, which an older server passes on.
    return this.#send(place, content, reply?.from);
  }

  /** Gives an own message another text. */
  async edit(place: Place, about: About, text: string): Promise<Result<string, CommandRefusal>> {
    if (text === '' || /[\r\0]/.test(text)) return refuseText(text);
    const mentions = await this.#ports.account.mentionsIn(place, text);
    const { target, ttl } = about;
    const expiring = ttl === undefined ? {} : { ttl };
    return this.#amend(place, { kind: 'edit', target, text, mentions, ...expiring }, about);
  }

  async delete(place: Place, about: About): Promise<Result<string, CommandRefusal>> {
    return this.#amend(place, { kind: 'delete', target: about.target }, about);
  }

  async react(
    place: Place,
    about: About,
    emoji: string,
    isOn: boolean,
  ): Promise<Result<string, CommandRefusal>> {
    return this.#amend(place, { kind: 'react', target: about.target, emoji, isOn }, about);
  }

  /** Pins a message for everybody there, or does not any more. */
  async pin(place: Place, about: About, isOn: boolean): Promise<Result<string, CommandRefusal>> {
    return this.#amend(place, { kind: 'pin', target: about.target, isOn }, about);
  }

  /** From now on what is said there disappears so long after it was read; 0: it stays. */
  async setTimer(
    place: Place,
    seconds: ExpirySeconds | 0,
  ): Promise<Result<string, CommandRefusal>> {
    const { account, canExpire } = this.#ports;
    if (!this.#isSealed(place)) return refuseCommand('open-timer');
    if (place.kind === 'direct' && !account.isAccount(place.user))
      return refuseCommand('open-timer');
    if (place.kind === 'lobby') return refuseCommand('not-your-timer');
    if (place.kind === 'group' && !(await account.isAdminAt(place)))
      return refuseCommand('not-your-timer');
    if (canExpire() !== true)
      return refuseCommand(canExpire() === undefined ? 'not-open' : 'no-expiry');
    return this.#send(place, { kind: 'timer', seconds }, undefined);
  }

  /** Whether this account may delete what others have said there. */
  mayDeleteOthers(place: Place): Promise<boolean> {
    return this.#ports.account.isAdminAt(place);
  }

  #amend(place: Place, content: AmendmentContent, { from }: About): Result<string, CommandRefusal> {
    return this.#refusedInTheOpen(place) ?? this.#send(place, content, from);
  }

  #isSealed(place: Place): boolean {
    return place.kind === 'direct' || this.#ports.account.isSealedAt(place);
  }

  #refusedInTheOpen(place: Place): Result<never, CommandRefusal> | undefined {
    if (this.#isSealed(place)) return undefined;
    const has = this.#ports.hasContents();
    if (has === true) return undefined;
    return refuseCommand(has === undefined ? 'not-open' : 'no-contents');
  }

  #send(
    place: Place,
    content: SpokenContent,
    from: string | undefined,
  ): Result<string, CommandRefusal> {
    const { account, refusal } = this.#ports;
    const error = refusal(place);
    if (error !== undefined) return { ok: false, error };
    const overBytes = encodeUtf8(textOf(content)).length - maxSaidBytes;
    if (overBytes > 0) return refuseLength(overBytes);
    const isPlain =
      content.kind === 'text' ||
      content.kind === 'file' ||
      content.kind === 'timer' ||
      content.kind === 'unknown';
    return account.say(place, content, isPlain ? undefined : plainSentence(content, from));
  }
}

/** Of a text that is more than a line, beside its mentions: sealed and open alike. */
const maxSaidBytes = Math.min(maxDirectTextBytes, 31 * 1024);
