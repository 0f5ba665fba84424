// What stands in the clear beside each message and MLS commit of a sealed group, covered by the sender's signature: on
// which line of the log the sender stood (`on`), and what binds the sealed part to the rest of its line. Where the
// line around it says otherwise, the server has changed the line, and it is void.
import { concatBytes } from '../../lib/bytes.ts';

const dataVersion = 1;
const onBytes = 8;
export const textIdBytes = 16;
export const rosterHeadBytes = 32;

/** Kinds of MLS commits. Numbers are on the wire. */
const kinds = { enter: 1, remove: 2, rotate: 3 } as const;
export type CommitKind = keyof typeof kinds;
const kindNames = Object.keys(kinds) as CommitKind[];

/** Beside a message: `1 | on | text id`. */
export interface MessageData {
  /** The number of the commit line that the sender's state comes from. */
  readonly on: number;
  readonly textId: Uint8Array;
}

/** Beside an MLS commit: `1 | kind | on | roster head`. */
export interface CommitData {
  readonly kind: CommitKind;
  /** The number of the commit line that this one follows. */
  readonly on: number;
  /** The hash of the last roster record that the committer knows, this line's own records included. */
  readonly rosterHead: Uint8Array;
}

/** The 25 bytes of `data`. */
export function encodeMessageData(data: MessageData): Uint8Array {
  return concatBytes(Uint8Array.of(dataVersion), encodeOn(data.on), data.textId);
}

/** What `bytes` say, or undefined where they are not in that form. */
export function decodeMessageData(bytes: Uint8Array): MessageData | undefined {
  const on = decodeOn(bytes, 1);
  if (bytes.length !== 1 + onBytes + textIdBytes || bytes[0] !== dataVersion) return undefined;
  return on === undefined ? undefined : { on, textId: bytes.slice(1 + onBytes) };
}

/** The 42 bytes of `data`. */
export function encodeCommitData(data: CommitData): Uint8Array {
  const head = Uint8Array.of(dataVersion, kinds[data.kind]);
  return concatBytes(head, encodeOn(data.on), data.rosterHead);
}

/** What `bytes` say, or undefined where they are not in that form. */
export function decodeCommitData(bytes: Uint8Array): CommitData | undefined {
  if (bytes.length !== 2 + onBytes + rosterHeadBytes || bytes[0] !== dataVersion) return undefined;
  const kind = kindNames.find((name) => kinds[name] === bytes[1]);
  const on = decodeOn(bytes, 2);
  if (kind === undefined || on === undefined) return undefined;
  return { kind, on, rosterHead: bytes.slice(2 + onBytes) };
}

function encodeOn(on: number): Uint8Array {
  const bytes = new Uint8Array(onBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(on));
  return bytes;
}

/** Numbers of lines are whole numbers that JavaScript can tell apart. */
function decodeOn(bytes: Uint8Array, at: number): number | undefined {
  if (bytes.length < at + onBytes) return undefined;
  const on = new DataView(bytes.buffer, bytes.byteOffset + at, onBytes).getBigUint64(0);
  return on <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(on) : undefined;
}
