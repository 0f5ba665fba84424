// The lines that begin a connection to the port of a kept file [13.8]: who brings one, or fetches one. Owns their
// spelling; knows nothing of sockets, and never looks at the bytes behind them.

import type { Brand } from '../lib/brand.ts';
import { decodeBase64url } from '../lib/base64url.ts';
import { splitWord } from './text.ts';

/** Which kept file: 16 random bytes that its sender draws, base64url. */
export type KeptFileId = Brand<string, 'KeptFileId'>;

/** By which somebody proves at a port that the server has let them: 32 random bytes, base64url. */
export type Ticket = Brand<string, 'Ticket'>;

/** What a blob is for: the history that a new device is given, or the backup. */
export const blobKinds = ['history', 'backup'] as const;
export type BlobKind = (typeof blobKinds)[number];

/** A blob has at most so many bytes. */
export const maxBlobBytes = 4 * 1024 * 1024;

const idBytes = 16;
const ticketBytes = 32;

/** `text` as the id of a kept file, or undefined. */
export function parseKeptFileId(text: string): KeptFileId | undefined {
  return decodeBase64url(text)?.length === idBytes ? (text as KeptFileId) : undefined;
}

/** `text` as a ticket, or undefined. */
export function parseTicket(text: string): Ticket | undefined {
  return decodeBase64url(text)?.length === ticketBytes ? (text as Ticket) : undefined;
}

/** What somebody says first at the port of a kept file. */
export interface PortLine {
  /** `UPLOAD`: the bytes follow. `FETCH`: the server sends them. */
  readonly verb: 'UPLOAD' | 'FETCH';
  readonly id: KeptFileId;
  readonly ticket: Ticket;
}

/** The line, with its line end. */
export function formatPortLine({ verb, id, ticket }: PortLine): string {
  return `${verb} ${id} ${ticket}\n`;
}

/** The longest such line, in bytes without its line end: a verb, 22 and 43 characters. */
export const maxPortLineBytes = 'UPLOAD'.length + 1 + 22 + 1 + 43;

/** Reads the line, without its line end. */
export function parsePortLine(line: string): PortLine | undefined {
  const [verb, words] = splitWord(line);
  const [first, second] = splitWord(words);
  const id = parseKeptFileId(first);
  const ticket = parseTicket(second);
  if ((verb !== 'UPLOAD' && verb !== 'FETCH') || id === undefined || ticket === undefined) {
    return undefined;
  }
  return { verb, id, ticket };
}
