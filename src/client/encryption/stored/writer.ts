// Encrypts for one person after the other: chooses the session, or makes one from the person's key package from the
// server. Internal to this folder.
//
// A new key package makes a new session. Its Welcome accompanies every message until the server has stored one of them:
// whichever is refused or lost, the first that is stored lets the other side join.
import { decodeBase64url, encodeBase64url } from '../../../lib/base64url.ts';
import { equalBytes } from '../../../lib/bytes.ts';
import { err, ok, type Result } from '../../../lib/result.ts';
import type { Ability } from '../../../e2ee/client-config.ts';
import { readKeyPackage, type PeerKeyPackage } from '../../../e2ee/key-package.ts';
import { maxPlaintextBytes } from '../../../e2ee/padded-sizes.ts';
import { peerCan, readSealed, seal } from '../../../e2ee/pair-session.ts';
import { encodeSession } from '../../../e2ee/session-record.ts';
import { startSession } from '../../../e2ee/start-session.ts';
import { agoMs } from '../../connection/steady-time.ts';
import { isAboutFile, isKeptFile, isSilent, type Content } from '../../content.ts';
import type { ClientChange, SealedRecord } from '../../store/store-port.ts';
import { encodeFrame, type MessageFrame } from '../message-frame.ts';
import type { KeptSession } from './kept-session.ts';
import type { Keyring } from './keyring.ts';
import { rotateAfterMs, rotateAfterTexts, rotateRetryMs } from './limits.ts';
import { blocked, type Blocked, type DirectPeer } from './direct-peer.ts';

export type SealOutcome =
  | {
      readonly kind: 'sealed';
      readonly sealed: SealedRecord;
      /** The session should be replaced soon: request a key from the server, while writing continues. */
      readonly wantsKey: boolean;
      readonly changes: readonly ClientChange[];
    }
  /** Request a key of that person from the server, then call `keyArrived` or `keyUnavailable`, then `seal` again. */
  | { readonly kind: 'needs-key' }
  | { readonly kind: 'too-long' }
  /** It may be encrypted for one device only, and that is not the one that the person is known by now. */
  | { readonly kind: 'other-device' }
  /** Their client is of a version that does not know this kind of content. */
  | { readonly kind: 'not-known-there' }
  | Blocked;

export type KeyOutcome =
  { readonly kind: 'ready'; readonly changes: readonly ClientChange[] } | Blocked;

export async function sealFor(
  keyring: Keyring,
  peer: string,
  frame: MessageFrame,
  onlyFor?: string,
): Promise<SealOutcome> {
  const person = keyring.person(peer);
  const nowMs = keyring.now;
  // Requests and repeats come from this program, not from the person.
  if (!isSilent(frame.content)) person.trust.wanted();
  const usable = await person.usableKeys();
  if (usable !== undefined && 'kind' in usable) return usable;
  const keys = usable?.filter((key) => onlyFor === undefined || encodeBase64url(key) === onlyFor);
  if (keys?.length === 0) return { kind: 'other-device' };
  const bytes = encodeFrame(frame);
  if (bytes.length > maxPlaintextBytes) return { kind: 'too-long' };

  const kept = keys && keyring.sessions.current(peer, keys);
  const session = kept === undefined ? undefined : keyring.take(kept);
  if (kept === undefined || session === undefined || person.fresh !== 'no') {
    return person.waitsFor(nowMs) ?? { kind: 'needs-key' };
  }
  const needed = abilityFor(frame.content);
  if (needed !== undefined && !peerCan(session, needed)) return { kind: 'not-known-there' };
  const made = await seal(session, bytes);
  bytes.fill(0);
  const next = { ...kept, ownTexts: kept.ownTexts + 1 };
  return {
    kind: 'sealed',
    sealed: {
      message: encodeBase64url(made.bytes),
      welcome: kept.welcome,
      device: encodeBase64url(kept.peerKey),
    },
    wantsKey: isRotationDue(next, person, nowMs),
    changes: keyring.put(next, made.session),
  };
}

/** What a client must be able to do, to know a content. */
function abilityFor(content: Content): Ability | undefined {
  if (isKeptFile(content)) return 'keptFiles';
  return isAboutFile(content) ? 'fileNotes' : undefined;
}

/** Whether the client of `peer` can do that. Undefined without a session. */
export async function isPeerAble(
  keyring: Keyring,
  peer: string,
  ability: Ability,
): Promise<boolean | undefined> {
  const keys = await keyring.person(peer).usableKeys();
  if (keys === undefined || 'kind' in keys) return undefined;
  const kept = keyring.sessions.current(peer, keys);
  const session = kept && keyring.take(kept);
  return session && peerCan(session, ability);
}

/** A key package of `peer` came. The server says that it is for `device`. */
export async function keyArrived(
  keyring: Keyring,
  peer: string,
  token: string,
  device: string,
): Promise<KeyOutcome> {
  const { suite, device: own, me } = keyring.ports;
  const person = keyring.person(peer);
  const nowMs = keyring.now;
  const read = await readToken(keyring, peer, token, device);
  if (!read.ok) return person.wait(blocked('key-refused', read.error), nowMs);
  const { peerKey } = read.value;
  const standing = await person.judge(peerKey);
  if (standing === 'pin-unreadable') return blocked('pin-unreadable');
  if (person.trust.isBlocked) return blocked('key-changed');
  if (standing === 'changed') {
    return person.wait(blocked('key-refused', 'it is the key that was not trusted before'), nowMs);
  }
  const started = await startSession(suite, own, me, read.value, nowMs, keyring.able);
  if (!started.ok) return person.wait(blocked('key-refused', started.error.reason), nowMs);
  person.settled();
  const { session, welcome } = started.value;
  const kept: KeptSession = {
    groupId: session.groupId,
    peer: session.peer as KeptSession['peer'],
    order: undefined,
    madeAt: nowMs,
    ownTexts: 0,
    madeBy: 'me',
    use: 'writable',
    peerKey,
    since: keyring.sessions.since(peer, peerKey),
    welcome: encodeBase64url(welcome),
    session: encodeSession(session),
  };
  const changes = [...keyring.sessions.supersede(peer), ...keyring.sessions.put(kept)];
  return { kind: 'ready', changes };
}

/** No key of `peer` is available. A session that was only to be replaced stays in use. */
export function keyUnavailable(keyring: Keyring, peer: string): void {
  const person = keyring.person(peer);
  if (person.fresh === 'wanted') person.fresh = 'no';
  person.wait(blocked('no-key'), keyring.now);
}

/** The server refused `sealed`, because that person has another device now. */
export async function deviceChanged(
  keyring: Keyring,
  peer: string,
  sealed: SealedRecord,
): Promise<void> {
  const person = keyring.person(peer);
  const keys = await person.usableKeys();
  // If the key is not in use any more, this changes nothing.
  const isInUse =
    keys !== undefined &&
    !('kind' in keys) &&
    keys.some((key) => encodeBase64url(key) === sealed.device);
  if (isInUse) person.fresh = 'needed';
}

/** The server has stored `sealed` as the message `number`. Undefined if it stores nothing and only delivered it. */
export function stored(
  keyring: Keyring,
  peer: string,
  sealed: SealedRecord,
  number: number | undefined,
): ClientChange[] {
  if (sealed.welcome === undefined) return [];
  const bytes = decodeBase64url(sealed.message);
  const message = bytes === undefined ? undefined : readSealed(bytes);
  const kept = message?.ok ? keyring.sessions.get(message.value.groupId) : undefined;
  if (kept === undefined || kept.peer !== peer || kept.order !== undefined) return [];
  const order = number ?? keyring.sessions.lastOrder(peer) + 1;
  return keyring.sessions.put({
    ...kept,
    order,
    since: kept.since ?? order,
    welcome: undefined,
  });
}

async function readToken(
  keyring: Keyring,
  peer: string,
  token: string,
  device: string,
): Promise<Result<PeerKeyPackage, string>> {
  const bytes = decodeBase64url(token);
  const named = decodeBase64url(device);
  if (bytes === undefined || named === undefined) return err('it is malformed');
  const read = await readKeyPackage(keyring.ports.suite, bytes, peer, keyring.now);
  if (!read.ok) return err(read.error.reason);
  return equalBytes(read.value.peerKey, named)
    ? ok(read.value)
    : err('it is not of the device that the server names');
}

/** Only one request for a key at a time. While its answer takes, or there is none, writing continues. */
function isRotationDue(kept: KeptSession, person: DirectPeer, nowMs: number): boolean {
  const isOld = kept.ownTexts >= rotateAfterTexts || agoMs(kept.madeAt, nowMs) >= rotateAfterMs;
  const isAsked = agoMs(person.rotateAskedAtMs, nowMs) < rotateRetryMs;
  if (!isOld || kept.order === undefined || isAsked) return false;
  person.rotateAskedAtMs = nowMs;
  return true;
}
