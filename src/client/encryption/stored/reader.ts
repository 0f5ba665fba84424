// A message of another person from the log: its session, or the Welcome by which to join one, and its content; or why
// it cannot be decrypted, and whether to request it again. Internal to this folder.
import { decodeBase64url } from '../../../lib/base64url.ts';
import { joinSession, readWelcome } from '../../../e2ee/join-session.ts';
import { decodePendingKeyPackage } from '../../../e2ee/key-package-record.ts';
import {
  open,
  readSealed,
  type PairSession,
  type SealedMessage,
} from '../../../e2ee/pair-session.ts';
import type { KeyStanding } from '../trust/key-events.ts';
import {
  textContent,
  type AgainContent,
  type AskContent,
  type SpokenContent,
} from '../../content.ts';
import { agoMs } from '../../connection/steady-time.ts';
import type { ClientChange } from '../../store/store-port.ts';
import { decodeFrame, type MessageFrame } from '../message-frame.ts';
import { confirmed, type KeptSession } from './kept-session.ts';
import type { Keyring } from './keyring.ts';
import { freshSettleMs } from './limits.ts';

export type OpenOutcome =
  | {
      readonly kind: 'message';
      readonly id: string;
      readonly content: SpokenContent;
      readonly key: KeyStanding;
      /** Of the device that wrote it. */
      readonly peerKey: Uint8Array;
      /** The number of the unreadable message that this repeats. Undefined for a new message. */
      readonly of: number | undefined;
      readonly changes: readonly ClientChange[];
    }
  /** The other side could not read these messages of ours. `withheld`: how many more were for an earlier device. */
  | {
      readonly kind: 'again';
      readonly numbers: readonly number[];
      readonly withheld: number;
      /** Asked in the room of the two: only what was said to the key that is known now is said again. */
      readonly isOfRoom?: true;
      readonly changes: readonly ClientChange[];
    }
  /** A note between the two programs about a file. `peerKey`: of the device that wrote it. */
  | {
      readonly kind: 'file-note';
      readonly id: string;
      readonly note: Uint8Array;
      readonly key: KeyStanding;
      readonly peerKey: Uint8Array;
      readonly changes: readonly ClientChange[];
    }
  /** Nothing for the person. */
  | { readonly kind: 'control'; readonly changes: readonly ClientChange[] }
  /** It was read before. */
  | { readonly kind: 'repeat'; readonly changes: readonly ClientChange[] }
  | {
      readonly kind: 'unreadable';
      readonly reason: string;
      readonly changes: readonly ClientChange[];
    };

interface Entered {
  readonly kept: KeptSession;
  readonly session: PairSession;
  readonly changes: readonly ClientChange[];
}

/** Why a message has no session: `repeat`, or a reason. `lost`: another session is needed to read later messages. */
type NotEntered = 'repeat' | { readonly reason: string; readonly lost: boolean };

const damaged = 'it was damaged on the way or at the server';
const lostSession = 'it was made for keys that this device does not have any more';

/**
 * Reads the message `number` of the log with `peer`. Without a log at the server it has no number: then its session
 * comes after all known ones, and an unreadable message cannot be requested again.
 */
export async function openFrom(
  keyring: Keyring,
  peer: string,
  number: number | undefined,
  sealed: string,
  welcome: string | undefined,
): Promise<OpenOutcome> {
  const bytes = decodeBase64url(sealed);
  const message = bytes === undefined ? undefined : readSealed(bytes);
  if (!message?.ok) return unreadable(keyring, peer, number, damaged);
  const { groupId } = message.value;
  const known = keyring.sessions.get(groupId);
  if (known !== undefined && known.peer !== peer) {
    return {
      kind: 'unreadable',
      reason: 'the server has put it into another conversation',
      changes: [],
    };
  }
  const entered =
    known === undefined
      ? await enter(keyring, peer, number, groupId, welcome)
      : reenter(keyring, known);
  if (entered === 'repeat') return { kind: 'repeat', changes: [] };
  if ('reason' in entered) {
    if (entered.lost) await wantFresh(keyring, peer, number);
    return unreadable(keyring, peer, number, entered.reason);
  }
  return read(keyring, peer, number, entered, message.value);
}

/** Whether this device has what a message is sealed for: its session, or the key package of its Welcome. */
export function isSealedForThis(
  keyring: Keyring,
  sealed: string,
  token: string | undefined,
): boolean {
  const bytes = decodeBase64url(sealed);
  const message = bytes === undefined ? undefined : readSealed(bytes);
  if (message?.ok !== true) return false;
  if (keyring.sessions.get(message.value.groupId) !== undefined) return true;
  const welcomeBytes = decodeBase64url(token ?? '');
  const welcome = welcomeBytes && readWelcome(welcomeBytes);
  return welcome?.ok === true && keyring.packages.get(welcome.value.reference) !== undefined;
}

async function read(
  keyring: Keyring,
  peer: string,
  number: number | undefined,
  { kept, session, changes }: Entered,
  message: SealedMessage,
): Promise<OpenOutcome> {
  const opened = await open(session, message);
  if (!opened.ok) {
    const { code } = opened.error;
    if (code === 'already-read' || code === 'own-message') return { kind: 'repeat', changes };
    return unreadable(keyring, peer, number, damaged, changes);
  }
  const known = confirmed(kept);
  const all = [...changes, ...keyring.put(known, opened.value.session)];
  const frame = decodeFrame(opened.value.content);
  opened.value.content.fill(0);
  if (typeof frame === 'string') {
    const isNewer = frame === 'newer-version';
    const reason = isNewer ? 'it was made by a newer version of helo: update' : 'it is malformed';
    return { kind: 'unreadable', reason, changes: all };
  }
  const standing = await keyring.person(peer).judge(kept.peerKey);
  const key = standing === 'pin-unreadable' ? 'changed' : standing;
  return said(keyring, known, number, frame, key, all);
}

function said(
  keyring: Keyring,
  kept: KeptSession,
  number: number | undefined,
  frame: MessageFrame,
  key: KeyStanding,
  changes: readonly ClientChange[],
): OpenOutcome {
  if (frame.id !== undefined) return saidNew(kept, frame.id, frame.content, key, changes);
  const { content } = frame;
  switch (content.kind) {
    case 'again':
      return saidAgain(kept, number, content, key, changes);
    case 'ask': {
      // The holder of an untrusted key gets nothing, and a key that was trusted later gets nothing from before.
      if (key === 'changed' || number === undefined) return { kind: 'control', changes };
      const since = keyring.sessions.since(kept.peer, kept.peerKey) ?? number;
      const asked = content.numbers.filter((asking) => asking < number);
      const allowed = asked.filter((asking) => asking >= since);
      const numbers = keyring.person(kept.peer).mayAnswer(allowed, keyring.now);
      return {
        kind: 'again',
        numbers,
        withheld: asked.length - allowed.length,
        changes: [...changes, ...keyring.sessions.doubt(kept)],
      };
    }
  }
}

/** The same of a frame that was opened in the room of the two (encryption/group), as the message `number` of their log. */
export async function saidInRoom(
  keyring: Keyring,
  peer: string,
  number: number | undefined,
  frame: MessageFrame,
  peerKey: Uint8Array,
): Promise<OpenOutcome> {
  const person = keyring.person(peer);
  const standing = await person.judge(peerKey);
  const key = standing === 'pin-unreadable' ? 'changed' : standing;
  if (frame.id !== undefined) return saidNew({ peerKey }, frame.id, frame.content, key, []);
  const { content } = frame;
  if (content.kind === 'again') return saidAgain({ peerKey }, number, content, key, []);
  if (key === 'changed' || number === undefined) return { kind: 'control', changes: [] };
  const asked = content.numbers.filter((asking) => asking < number);
  const numbers = person.mayAnswer(asked, keyring.now);
  return { kind: 'again', numbers, withheld: 0, isOfRoom: true, changes: [] };
}

function saidAgain(
  { peerKey }: Pick<KeptSession, 'peerKey'>,
  number: number | undefined,
  { id, text, number: of }: AgainContent,
  key: KeyStanding,
  changes: readonly ClientChange[],
): OpenOutcome {
  // A message that is still to come cannot be repeated.
  return of < (number ?? 0)
    ? { kind: 'message', id, content: textContent(text), key, peerKey, of, changes }
    : { kind: 'control', changes };
}

function saidNew(
  { peerKey }: Pick<KeptSession, 'peerKey'>,
  id: string,
  content: Exclude<MessageFrame['content'], AskContent | AgainContent>,
  key: KeyStanding,
  changes: readonly ClientChange[],
): OpenOutcome {
  // Devices of one account say that to each other, elsewhere; and who was shown which list, devices in rooms.
  const { kind } = content;
  if (kind === 'own-note' || kind === 'head' || kind === 'timer-told')
    return { kind: 'control', changes };
  return content.kind === 'file-note'
    ? { kind: 'file-note', id, note: content.note, key, peerKey, changes }
    : { kind: 'message', id, content, key, peerKey, of: undefined, changes };
}

/** An existing session. */
function reenter(keyring: Keyring, kept: KeptSession): Entered | NotEntered {
  const session = keyring.take(kept);
  return session === undefined
    ? { reason: lostSession, lost: true }
    : { kept, session, changes: [] };
}

/** A session of the peer: its Welcome must be for one of our key packages, and can be used once. */
async function enter(
  keyring: Keyring,
  peer: string,
  number: number | undefined,
  groupId: string,
  token: string | undefined,
): Promise<Entered | NotEntered> {
  if (token === undefined) return { reason: lostSession, lost: true };
  const bytes = decodeBase64url(token);
  const welcome = bytes === undefined ? undefined : readWelcome(bytes);
  if (!welcome?.ok) return { reason: damaged, lost: true };
  const { suite, device, me } = keyring.ports;
  const kept = keyring.packages.get(welcome.value.reference);
  if (kept === undefined) return { reason: lostSession, lost: true };
  const usedUp = keyring.packages.isUsedUp(kept, groupId);
  if (usedUp === 'entered') return 'repeat';
  const pending = await decodePendingKeyPackage(suite, device, kept.keyPackage);
  if (!pending.ok || usedUp === 'worn-out') return { reason: lostSession, lost: true };
  // The server stores Welcomes longer than key packages are valid.
  const joined = await joinSession(suite, device, me, pending.value, welcome.value, peer, 'any');
  if (!joined.ok) return { reason: `its Welcome is of no use: ${joined.error.reason}`, lost: true };
  const session = joined.value;
  if (session.groupId !== groupId) return { reason: damaged, lost: true };
  const person = keyring.person(peer);
  const standing = await person.judge(session.peerKey);
  if (standing === 'pinned' || standing === 'verified') person.settled();
  const order = number ?? keyring.sessions.lastOrder(peer) + 1;
  const entry: KeptSession = {
    groupId,
    peer: peer as KeptSession['peer'],
    order,
    madeAt: keyring.now,
    ownTexts: 0,
    madeBy: 'peer',
    use: 'writable',
    peerKey: session.peerKey,
    since: keyring.sessions.since(peer, session.peerKey) ?? order,
    welcome: undefined,
    session: new Uint8Array(0),
  };
  const changes = [...keyring.put(entry, session), ...keyring.packages.used(kept, groupId)];
  return { kept: entry, session, changes };
}

/** Whether the peer writes in a session that is lost here, and does not know of a later one yet. */
async function wantFresh(
  keyring: Keyring,
  peer: string,
  number: number | undefined,
): Promise<void> {
  const person = keyring.person(peer);
  const keys = await person.usableKeys();
  if (keys !== undefined && 'kind' in keys) return;
  const current = keys && keyring.sessions.current(peer, keys);
  const isTold =
    current !== undefined && (current.order === undefined || (number ?? Infinity) < current.order);
  const isNew = current !== undefined && agoMs(current.madeAt, keyring.now) < freshSettleMs;
  if (!isTold && !isNew) person.wantFresh(keyring.now);
}

function unreadable(
  keyring: Keyring,
  peer: string,
  number: number | undefined,
  why: string,
  changes: readonly ClientChange[] = [],
): OpenOutcome {
  const isAsked = number !== undefined && keyring.person(peer).note(number, keyring.now);
  const next = isAsked ? 'it is asked for again' : 'ask for it to be sent again';
  return { kind: 'unreadable', reason: `${why}; ${next}`, changes };
}
