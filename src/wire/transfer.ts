// The lines of a transfer port, where a file goes from one person to another [7.11], and the words that the chat
// connection uses for them. Owns their spelling; knows nothing of sockets, and never looks at a file's content.

import type { Brand } from '../lib/brand.ts';
import { parseUsername, splitWord, type LineText, type Username } from './text.ts';

/**
 * The word by which a receiver proves itself at the port: `proof=` and 32 random bytes as base64url. The receiver makes
 * it and sends it to the server in its READY_FOR_FILE. A server that announces `files` accepts it.
 */
export type Proof = Brand<string, 'Proof'> & LineText;

const proofForm = /^proof=[\w-]{43}$/;

/** `text` as a proof, or undefined if it does not have that form. */
export function parseProof(text: string): Proof | undefined {
  return proofForm.test(text) ? (text as Proof) : undefined;
}

/** The proof of `secret`, which is 32 random bytes as 43 characters of base64url. */
export function formatProof(secret: string): Proof | undefined {
  return parseProof(`proof=${secret}`);
}

/** The part of `text` before its last space, and the word after it. */
export function splitLastWord(text: string): readonly [before: string, word: string] {
  const space = text.lastIndexOf(' ');
  return space < 0 ? ['', text] : [text.slice(0, space), text.slice(space + 1)];
}

/** The metadata, and the proof after it if there is one. */
export function splitProof(
  text: LineText,
): readonly [metadata: LineText, proof: Proof | undefined] {
  const [before, word] = splitLastWord(text);
  const proof = before === '' ? undefined : parseProof(word);
  return proof === undefined ? [text, undefined] : [before as LineText, proof];
}

/** `text` as a port number, or undefined if it is none. */
export function parsePort(text: string): number | undefined {
  if (!/^[1-9]\d{0,4}$/.test(text)) return undefined;
  const port = Number(text);
  return port <= 65_535 ? port : undefined;
}

/**
 * The beginning of the line with a file, up to the space before its content: `FILE <sender @name metadata`. `name` is
 * the receiver on the way to the server, and the sender again on the way to the receiver. The `<` is version 1's, and
 * is sent.
 */
export function formatFileHeader(sender: Username, name: Username, metadata: LineText): string {
  return `FILE <${sender} @${name} ${metadata}`;
}

/** What a receiver sends first at the port. */
export interface ReceiverLine {
  readonly receiver: Username;
  readonly proof: Proof | undefined;
}

const receiverVerb = 'OPEN_PORT_TO_RECEIVE';

/** The line of a receiver, with its line end. */
export function formatReceiverLine({ receiver, proof }: ReceiverLine): string {
  const name = `${receiverVerb} ${receiver}`;
  return proof === undefined ? `${name}\n` : `${name} ${proof}\n`;
}

/** The longest line of a receiver, in bytes without its line end: a name of 32 and a proof of 49. */
export const maxReceiverLineBytes = receiverVerb.length + 1 + 32 + 1 + 49;

/** Reads the line of a receiver, without its line end. */
export function parseReceiverLine(line: string): ReceiverLine | undefined {
  const [verb, words] = splitWord(line);
  const [name, word] = splitWord(words);
  const receiver = parseUsername(name);
  const proof = parseProof(word);
  if (verb !== receiverVerb || receiver === undefined) return undefined;
  if (proof === undefined && words !== name) return undefined;
  return { receiver, proof };
}

/** How a transfer ended. */
export type FileStatus = 'delivered' | 'corrupted';

const statusTexts = {
  delivered: 'FILE_STATUS file has successfully been delivered!',
  corrupted: 'FILE_STATUS File has been corrupted and not delivered!',
} as const;

/** The line with a status, with its line end: to the server with the sender's name, to the sender without. */
export function formatFileStatus(status: FileStatus, sender?: Username): string {
  return sender === undefined ? `${statusTexts[status]}\n` : `${statusTexts[status]} @${sender}\n`;
}

/** The longest line with a status, in bytes without its line end. */
export const maxStatusLineBytes = statusTexts.corrupted.length + 2 + 32;

/**
 * Reads a line with a status, without its line end. Undefined for anything else. With `sender`, the line must name that
 * sender, as it does on the way to the server.
 */
export function parseFileStatus(line: string, sender?: Username): FileStatus | undefined {
  for (const status of ['delivered', 'corrupted'] as const) {
    if (line === formatFileStatus(status, sender).slice(0, -1)) return status;
  }
  return undefined;
}
