// A statement: parts that a device has signed for others to check, beginning with words of its own, so that no other
// signature of that key passes for one (wire/extended/login.ts). The signature is the last part. Owns the envelope and
// the checks; what statements say is in chain-link.ts and roster-record.ts. Ciphers are handed in.

import { concatBytes, decodeUtf8, encodeUtf8 } from '../../lib/bytes.ts';
import { signatureBytes } from '../extended/login.ts';
import { decodeParts, encodeParts } from './parts.ts';

/** Bytes of a SHA-256, by which a statement names the one before it. */
export const statementHashBytes = 32;
/** What the first statement names as the one before it. */
export const noStatement = new Uint8Array(statementHashBytes);

/** A signature that a statement claims to have. */
export interface SignatureClaim {
  /** The Ed25519 key that is said to have signed. */
  readonly key: Uint8Array;
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
}

/** A statement of the right form. Nothing of it is true yet. */
export interface SignedStatement {
  /** All of it, as it is hashed and sent. */
  readonly bytes: Uint8Array;
  /** Every one of them has to be valid. */
  readonly claims: readonly SignatureClaim[];
}

declare const checked: unique symbol;

/** A statement whose signatures are valid. `hash` is its SHA-256. */
export type Checked<S extends SignedStatement> = S & {
  readonly hash: Uint8Array;
  readonly [checked]: true;
};

/** Ciphers that answer at once. */
export interface StatementCiphers {
  /** Whether `signature` over `bytes` is one of the Ed25519 `key`. False for what is no key or no signature. */
  readonly verify: (key: Uint8Array, bytes: Uint8Array, signature: Uint8Array) => boolean;
  readonly sha256: (bytes: Uint8Array) => Uint8Array;
}

/** The same ciphers, where they may answer later. */
export interface LaterStatementCiphers {
  readonly verify: (
    key: Uint8Array,
    bytes: Uint8Array,
    signature: Uint8Array,
  ) => boolean | Promise<boolean>;
  readonly sha256: (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>;
}

/** `statement`, checked; undefined where a signature is not valid. */
export function checkStatement<S extends SignedStatement>(
  statement: S,
  { verify, sha256 }: StatementCiphers,
): Checked<S> | undefined {
  const valid = statement.claims.every(({ key, bytes, signature }) =>
    verify(key, bytes, signature),
  );
  return valid ? withHash(statement, sha256(statement.bytes)) : undefined;
}

/** As `checkStatement`, with ciphers that may answer later. */
export async function checkStatementLater<S extends SignedStatement>(
  statement: S,
  { verify, sha256 }: LaterStatementCiphers,
): Promise<Checked<S> | undefined> {
  for (const { key, bytes, signature } of statement.claims) {
    if (!(await verify(key, bytes, signature))) return undefined;
  }
  return withHash(statement, await sha256(statement.bytes));
}

function withHash<S extends SignedStatement>(statement: S, hash: Uint8Array): Checked<S> {
  return { ...statement, hash } as Checked<S>;
}

/** The whole statement: what was signed, and the signature. */
export function withSignature(toSign: Uint8Array, signature: Uint8Array): Uint8Array {
  return concatBytes(toSign, encodeParts([signature]));
}

/** What `readEnvelope` finds. */
export interface Envelope {
  /** The first part, in words. */
  readonly words: string;
  /** What stands between these words and the signature. */
  readonly parts: readonly Uint8Array[];
  /** A copy of everything, so that whoever has handed it in may change it. */
  readonly bytes: Uint8Array;
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

/** The envelope around the parts of a statement of at most `maxBytes`; undefined for anything else. */
export function readEnvelope(statement: Uint8Array, maxBytes: number): Envelope | undefined {
  if (statement.length > maxBytes) return undefined;
  const bytes = statement.slice();
  const [first, ...parts] = decodeParts(bytes) ?? [];
  const signature = parts.pop();
  const words = first && decodeUtf8(first);
  if (words === undefined || signature?.length !== signatureBytes) return undefined;
  const signed = bytes.subarray(0, bytes.length - encodeParts([signature]).length);
  return { words, parts, bytes, signed, signature };
}

/** `part` as one of `words`; undefined where it is none of them. */
export function wordOf<W extends string>(
  part: Uint8Array | undefined,
  words: readonly W[],
): W | undefined {
  const text = part && decodeUtf8(part);
  return words.find((word) => word === text);
}

/** The bytes of a word, for a part. */
export const wordPart: (word: string) => Uint8Array = encodeUtf8;
