// A session in the engine, and the bytes of its SessionRecord: what the engine must know without opening it, and the
// session itself as e2ee encodes it.
//   version 1 | flags (1 own, 2 doubtful, 4 spent) | since (8, 0 for unknown) | peer's key (32) | length (2) | Welcome | session
import { decodeBase64url, encodeBase64url } from '../../../lib/base64url.ts';
import { concatBytes } from '../../../lib/bytes.ts';
import type { SessionRecord } from '../../store/store-port.ts';

/** Whether a session is used for writing. All are used for reading. */
export type SessionUse =
  | 'writable'
  /**
   * The peer requested messages in another session, so this one may have been made for keys that they have lost: it is
   * not used for writing. If they write in it, it is fine again.
   */
  | 'doubtful'
  /**
   * It is from a restored older copy of the store, and its keys may have been used since: it is never used for writing
   * again.
   */
  | 'spent';

export interface KeptSession extends Omit<SessionRecord, 'bytes'> {
  readonly madeBy: 'me' | 'peer';
  readonly use: SessionUse;
  /** The key of the peer's device in this session. */
  readonly peerKey: Uint8Array;
  /**
   * The first number of the log from which on this device wrote to that key, as far as is known. Older messages were
   * for another key, and are not sent again to this one.
   */
  readonly since: number | undefined;
  /** The token of the Welcome, until the server has stored it: it goes with every message until then. */
  readonly welcome: string | undefined;
  /** Encoded by e2ee: SECRET. */
  readonly session: Uint8Array;
}

const version = 1;
const keyBytes = 32;
const ownFlag = 1;
const doubtfulFlag = 2;
const spentFlag = 4;
const useFlags: Readonly<Record<SessionUse, number>> = {
  writable: 0,
  doubtful: doubtfulFlag,
  spent: spentFlag,
};
const sinceAt = 2;
const keyAt = sinceAt + 8;
const lengthAt = keyAt + keyBytes;
const welcomeAt = lengthAt + 2;

/** The record to store. */
export function recordOf(kept: KeptSession): SessionRecord {
  const { madeBy, use, peerKey, since, welcome, session, ...rest } = kept;
  const welcomeBytes = welcome === undefined ? undefined : decodeBase64url(welcome);
  const head = new Uint8Array(welcomeAt);
  const view = new DataView(head.buffer);
  head[0] = version;
  head[1] = (madeBy === 'me' ? ownFlag : 0) | useFlags[use];
  view.setBigUint64(sinceAt, BigInt(since ?? 0));
  head.set(peerKey, keyAt);
  view.setUint16(lengthAt, welcomeBytes?.length ?? 0);
  const bytes = concatBytes(head, welcomeBytes ?? new Uint8Array(0), session);
  return { ...rest, bytes };
}

/** The session of a record. Undefined if its bytes are damaged, or from another version. */
export function keptSessionOf({ bytes, ...rest }: SessionRecord): KeptSession | undefined {
  if (bytes[0] !== version || bytes.length < welcomeAt) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const since = Number(view.getBigUint64(sinceAt));
  const sessionAt = welcomeAt + view.getUint16(lengthAt);
  if (sessionAt >= bytes.length) return undefined;
  const welcome = bytes.subarray(welcomeAt, sessionAt);
  const flags = bytes[1] ?? 0;
  return {
    ...rest,
    madeBy: (flags & ownFlag) === 0 ? 'peer' : 'me',
    use: useOf(flags),
    peerKey: bytes.slice(keyAt, lengthAt),
    since: since === 0 ? undefined : since,
    welcome: welcome.length === 0 ? undefined : encodeBase64url(welcome),
    session: bytes.slice(sessionAt),
  };
}

/** Older versions set both flags for a doubtful session that became spent. */
function useOf(flags: number): SessionUse {
  if ((flags & spentFlag) !== 0) return 'spent';
  return (flags & doubtfulFlag) === 0 ? 'writable' : 'doubtful';
}

/** The session, not used for writing for now. */
export function doubted(kept: KeptSession): KeptSession {
  return kept.use === 'spent' ? kept : { ...kept, use: 'doubtful' };
}

/** The session after the peer has written in it: they have its keys. */
export function confirmed(kept: KeptSession): KeptSession {
  return kept.use === 'doubtful' ? { ...kept, use: 'writable' } : kept;
}
