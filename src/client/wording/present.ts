// Events of the client -> text for people. Replies and messages are version 1's, word for word; everything else is in
// this program's own words.

import { amendedLines, ownAmendmentLines } from './amending-words.ts';
import { backupNews } from './backup-words.ts';
import { directoryWords } from './directory-words.ts';
import { contentWords } from './content-words.ts';
import { ownDevicesWords } from './device-news-words.ts';
import { historyMovedWords, historyQuestion } from './history-words.ts';
import { formatFingerprint } from '../connection/server-address.ts';
import type { ClientEvent, ReceivedMessage } from '../client-event.ts';
import type { GuestReason } from '../client-state.ts';
import { formatUserList } from '../../wire/events.ts';
import { harmless } from './sanitize.ts';
import { privateRemark } from './message-remark.ts';
import type { Marks } from './place-marks.ts';
import { presentFile } from './present-files.ts';
import { presentPrivate } from './present-private.ts';
import { presentOwn, presentSaidBeside } from './present-own.ts';
import { notice, replied, said, warning, type PrintedLine } from './printed-line.ts';

const comesAsGuest: Readonly<Record<GuestReason, string>> = {
  'invite-needed':
    'this name has no account here, and a new one needs an invite code (HELO_INVITE, --invite-file): you are a guest, and the name is yours until you leave',
  'registration-closed':
    'this name has no account here, and new ones are not made: you are a guest, and the name is yours until you leave',
  'no-accounts':
    'this server has no accounts: you are a guest, and the name is yours until you leave',
};

const twinHere =
  'another program uses a copy of this data directory at the same time: what you said is sent again under fresh keys, and private messages may reach only one of the two. End one of them, and never use two copies side by side';
const twinBefore =
  'a copy of this data directory was used since you were here last: what you say goes under fresh keys, and private messages may have reached only the copy. Use one of the two; helo link makes a device of its own of another program';

/** The lines to print for an event. farewell.ts has the words for the end of the connection. */
export function present(
  event: ClientEvent,
  meantBy: (name: string) => string | undefined,
  marks: Marks,
): readonly PrintedLine[] {
  switch (event.type) {
    case 'message': {
      const { place, from, content, filed } = event.message;
      // Of a file that is offered now its transfer tells.
      if (content.kind === 'file' && filed?.late !== true) return [];
      const mark = marks.ofMessage(event.message);
      return said(place, from, contentWords(content), { mark, remark: remarkOn(event.message) });
    }
    case 'private':
      return presentPrivate(event.event, meantBy);
    case 'users':
      return [replied(formatUserList(event.names))];
    case 'success':
    case 'refused':
      return [answered(event.reply.text)];
    case 'damaged':
    case 'history-failed':
      return [warning(event.text)];
    case 'log-restarted':
      return [notice(event.text)];
    case 'group-notice':
      return groupNotice(event.isLobby === true ? '' : marks.ofGroup(event.group), event.text);
    case 'goodbye':
      return [replied('Goodbye')];
    case 'file':
      return presentFile(event.event);
    case 'server-remembered':
      return [
        notice(
          `this server is new here; from now on it must have the certificate ${formatFingerprint(event.fingerprint)}, or prove that it is the same with another one`,
        ),
      ];
    case 'guest':
      return [notice(comesAsGuest[event.reason])];
    case 'own':
      return presentOwn(event.message, marks);
    case 'said-beside':
      return presentSaidBeside(event, marks);
    case 'amended':
      return amendedLines(event);
    case 'own-amendment':
      return ownAmendmentLines(event);
    case 'withheld':
      return [
        warning(
          `${event.user} has another device and cannot read ${event.count} of your earlier messages; they are not sent to it`,
        ),
      ];
    case 'restored':
      return [warning(restoredWords(event.missing))];
    case 'own-devices':
      return ownDevicesWords(event.news).map(warning);
    case 'backup':
      return backupNews(event.news);
    case 'key-decided-elsewhere':
      return [notice(decidedWords(event))];
    case 'directory':
      return directoryWords(event.news).map(warning);
    case 'history-asked':
      return [notice(historyQuestion)];
    case 'history-moved':
      return [notice(historyMovedWords(event))];
    case 'twin':
      return [warning(event.isHere ? twinHere : twinBefore)];
    case 'private-elsewhere':
      return [
        notice(
          'another program is in with this name: private messages, files and the history are there; here you hear and say what everybody can read. With another data directory this can be a device of its own: helo link --data FOLDER',
        ),
      ];
    case 'member':
      return presentMember(event);
    case 'presence':
    case 'members':
    case 'delivered':
    case 'mark-removed':
    // The message that sets a timer says so.
    case 'timer':
    case 'rules':
    case 'expired':
    case 'history-taken':
    case 'muted':
    case 'typing':
    case 'read':
    case 'signals':
    case 'quiet':
    case 'draft':
    case 'read-elsewhere':
    case 'caught-up':
    case 'conversations':
    // Version 1 prints nothing for "+OK BCST": the person sees what they typed.
    case 'broadcast-sent':
    case 'state':
      return [];
  }
}

/**
 * Text of the server must not begin like the row of a message, with a place or a sender, or like this program's own
 * words.
 */
function answered(text: string): PrintedLine {
  return /^\w/.test(harmless(text)) ? replied(text) : notice(`the server says: ${text}`);
}

function groupNotice(mark: string, text: string): readonly PrintedLine[] {
  return [mark === '' ? answered(text) : replied(`${mark}${text}`)];
}

function restoredWords(missing: readonly string[]): string {
  const lost =
    missing.length === 0
      ? 'private messages of the time between may be missing here'
      : `private messages of the time between with ${missing.join(', ')} are not here any more`;
  return `an older copy of this data directory was put back: new keys are used from now on, nothing is said twice, and ${lost}`;
}

function decidedWords({
  user,
  standing,
}: Extract<ClientEvent, { readonly type: 'key-decided-elsewhere' }>): string {
  switch (standing) {
    case 'verified':
      return `on another device you have compared the key of ${user}: it counts here too`;
    case 'pinned':
      return `another device of yours knows the key of ${user}: it counts here too`;
    case 'changed':
      return `on another device you have not taken the key of ${user}: nothing is sent to it from here either`;
  }
}

/** Changes in a group, for its members. The server itself reports a kick in its own words [7.10]. */
function presentMember({
  group,
  user,
  guest,
  what,
}: Extract<ClientEvent, { readonly type: 'member' }>): readonly PrintedLine[] {
  switch (what) {
    case 'admin':
      return [notice(`${user} is the admin of group ${group} now`)];
    // Guests come and go with their connections: reporting all of it would be too much.
    case 'joined':
      return guest ? [] : [notice(`${user} has come into group ${group}`)];
    case 'left':
      return guest ? [] : [notice(`${user} has left group ${group}`)];
    case 'kicked':
      return [];
  }
}

function remarkOn(message: ReceivedMessage): string | undefined {
  const key = message.encrypted ? message.key : undefined;
  return privateRemark(message.place === 'private', message.encrypted, key);
}
