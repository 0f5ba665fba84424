// What one device of an account says to the others, as bytes: a JSON array of kind, subject, time and body. Later versions
// may know more kinds; what this one does not know it passes over.

import { decodeUtf8, encodeUtf8 } from '../../../lib/bytes.ts';

export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue };

export interface OwnNoteFields {
  /** What it is about: small letters and hyphens. */
  readonly kind: string;
  /** What exactly, where a newer note takes the place of an older one; otherwise empty. */
  readonly subject: string;
  /** When it was said, by the clock of the device that said it, in milliseconds since 1970. */
  readonly at: number;
  /** As it came: whoever takes it parses it. */
  readonly body: unknown;
}

/** Of a whole note. Longer ones are refused. */
export const maxOwnNoteBytes = 40_000;
const maxSubjectBytes = 128;
const kindForm = /^[a-z-]{1,32}$/;

export function isOwnNote({ kind, subject }: Pick<OwnNoteFields, 'kind' | 'subject'>): boolean {
  return kindForm.test(kind) && encodeUtf8(subject).length <= maxSubjectBytes;
}

export function encodeOwnNote({ kind, subject, at, body }: OwnNoteFields): Uint8Array {
  return encodeUtf8(JSON.stringify([kind, subject, at, body]));
}

/** The note in `bytes`; undefined where there is none. */
export function decodeOwnNote(bytes: Uint8Array): OwnNoteFields | undefined {
  const text = bytes.length > maxOwnNoteBytes ? undefined : decodeUtf8(bytes);
  const value = text === undefined ? undefined : parsed(text);
  if (!Array.isArray(value) || value.length !== 4) return undefined;
  const [kind, subject, at, body]: unknown[] = value;
  if (typeof kind !== 'string' || typeof subject !== 'string') return undefined;
  if (typeof at !== 'number' || !Number.isSafeInteger(at) || at < 0) return undefined;
  const note = { kind, subject, at, body };
  return isOwnNote(note) ? note : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // JSON.parse throws only for malformed input.
    return undefined;
  }
}
