// The state of private messages and of people's keys, in words. Version 1 prints none of this. A person must still know
// it, and what to do about it.

import type { PrivateEvent } from '../client-event.ts';
import type {
  CannotEncryptReason,
  NotDeliveredReason,
  RenewalReason,
} from '../encryption/live/events.ts';
import { PrivateFileError } from '../store/private-file-error.ts';
import { changeWords } from './device-news-words.ts';
import { excerpt } from './present-own.ts';
import { notice, warning, type PrintedLine } from './printed-line.ts';

const notDelivered: Readonly<Record<NotDeliveredReason, string>> = {
  'no-such-user': 'nobody of that name is here',
  'cannot-encrypt': 'it could not be encrypted',
  'no-receipt': 'it was never confirmed',
  'too-many-handshakes': 'the encrypted session broke too often, try again in a minute',
  'logged-out': 'the chat ended first',
};

const renewed: Readonly<Record<RenewalReason, string>> = {
  'no-receipt': 'texts were not confirmed',
  unreadable: 'one side could not read the other any more',
  'peer-restarted': 'they came back',
};

const cannotEncrypt: Readonly<Record<CannotEncryptReason, string>> = {
  'no-answer': 'no key came from there within seconds',
  'no-key-package': 'their program has no keys of this kind',
  'key-refused': 'their key is not acceptable',
};

/** Undefined where `reason` is no `NotDeliveredReason`. `meantBy` as in `presentPrivate`. */
export function notDeliveredWords(
  to: string,
  text: string,
  reason: string,
  meantBy: (name: string) => string | undefined,
): string | undefined {
  const why = new Map(Object.entries(notDelivered)).get(reason);
  if (why === undefined) return undefined;
  const meant = reason === 'no-such-user' ? meantBy(to) : undefined;
  const advice = meant === undefined ? '' : `. Did you mean @${meant}?`;
  return `not delivered to ${to}, ${why}: "${excerpt(text)}"${advice}`;
}

/** The lines for an event. `meantBy` finds people with a similar name if nobody has the name. */
export function presentPrivate(
  event: PrivateEvent,
  meantBy: (name: string) => string | undefined,
): readonly PrintedLine[] {
  switch (event.type) {
    case 'sent':
    case 'delivered':
      return [];
    case 'not-delivered': {
      const words = notDeliveredWords(event.to, event.text, event.reason, meantBy);
      return words === undefined ? [] : [warning(words)];
    }
    case 'held':
      return [warning(`not sent yet: the key of ${event.to} has changed, see above`)];
    case 'cannot-encrypt':
      return [
        warning(
          `${event.to} cannot be written to privately, ${cannotEncrypt[event.reason]} (${event.detail}). ` +
            `To send something that the server can read: /unencrypted @${event.to} text`,
        ),
      ];
    case 'key-new': {
      const seen = `the key of ${event.user} was not known before and is remembered now. Is it really theirs?`;
      return [notice({ typed: `${seen} /verify @${event.user}`, seen })];
    }
    case 'devices-changed':
      return devicesChanged(event);
    case 'key-changed':
      return keyChanged(event.user, event.wasVerified);
    case 'session-renewed':
      return [
        notice(`the encrypted session with ${event.user} was made anew: ${renewed[event.reason]}`),
      ];
    case 'unreadable':
      return [
        warning(
          `a private message of ${event.from} cannot be read: ${event.reason}. Ask for it again`,
        ),
      ];
    case 'suspicious':
      return [
        warning(
          `SOMETHING IS WRONG with a message that the server says is from ${event.from}: ${event.reason}. It is not shown`,
        ),
      ];
    case 'pin-not-stored':
      if (event.isFull) return pinsFull(event.user);
      return [
        warning(
          `the key of ${event.user} is remembered until you leave only: ${causeOf(event.cause)}`,
        ),
      ];
    case 'fault':
      return [warning(`a private message was given up: ${causeOf(event.cause)}`)];
  }
}

function pinsFull(user: string): readonly PrintedLine[] {
  return [
    warning(
      `THE KEY OF ${user} CANNOT BE KEPT: this device knows as many people by their keys as it keeps. Nothing is sent to ${user}, since any other key would count as the first the next time`,
    ),
    warning(
      `remove those whom you do not write to any more from the folder pins in the data directory, then /trust @${user}`,
    ),
  ];
}

function devicesChanged({
  user,
  changes,
  isHeld,
}: Extract<PrivateEvent, { type: 'devices-changed' }>): readonly PrintedLine[] {
  const lines = changes.map((change) => changeWords(user, change));
  if (!isHeld) return lines.map(notice);
  const seen = `you had compared the key of ${user}: nothing is sent to ${user} before you take the new device. Ask ${user} another way`;
  return [...lines.map(warning), warning({ typed: `${seen}, then /trust @${user}`, seen })];
}

function keyChanged(user: string, wasVerified: boolean): readonly PrintedLine[] {
  const before = wasVerified ? ', WHICH YOU HAD VERIFIED' : '';
  const ask = `they may have a new machine, or somebody else may use their name. Ask them over another way`;
  return [
    warning(`THE KEY OF ${user} HAS CHANGED${before}. Nothing is sent to ${user} until you say so`),
    warning({ typed: `${ask}: /verify @${user}`, seen: ask }),
    warning({
      typed: `/trust @${user} takes the new key, /distrust @${user} keeps to the old one`,
      seen: '',
    }),
  ];
}

/** Only errors of files have texts for people. Others can contain anything. */
function causeOf(cause: unknown): string {
  return cause instanceof PrivateFileError
    ? cause.message
    : 'a bug of this program, please report it';
}
