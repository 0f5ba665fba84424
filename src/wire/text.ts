// The checked strings of the wire: names, and text that fits on one line. Owns which names are valid; knows nothing
// of users, groups or sockets.
//
// Every syntax character of the protocol is ASCII, so all of this works on decoded text and on binary strings (one
// character per byte, which the server forwards without decoding) alike.

import type { Brand } from '../lib/brand.ts';

/** The name of a user: 1 to 32 ASCII letters, digits and underscores [7.1]. */
export type Username = Brand<string, 'Username'>;

/** The name of a group: the same form as a username [7.6]. */
export type GroupName = Brand<string, 'GroupName'>;

/** Text without CR, LF or NUL, so that it fits on one line. May contain spaces. Never empty. */
export type LineText = Brand<string, 'LineText'>;

/** LineText without spaces: one word of a line. */
export type Token = Brand<string, 'Token'> & LineText;

export const maxNameLength = 32;

function hasNameForm(text: string): boolean {
  if (text.length === 0 || text.length > maxNameLength) return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const digit = code >= 48 && code <= 57;
    const upper = code >= 65 && code <= 90;
    const lower = code >= 97 && code <= 122;
    if (!digit && !upper && !lower && code !== 95) return false;
  }
  return true;
}

/** `text` as a username, or undefined if it does not have that form. */
export function parseUsername(text: string): Username | undefined {
  return hasNameForm(text) ? (text as Username) : undefined;
}

/** `text` as the name of a group, or undefined if it does not have that form. */
export function parseGroupName(text: string): GroupName | undefined {
  return hasNameForm(text) ? (text as GroupName) : undefined;
}

/** `text` as text for a line, or undefined if it is empty or contains CR, LF or NUL. */
export function parseLineText(text: string): LineText | undefined {
  if (text === '' || text.includes('\n') || text.includes('\r') || text.includes('\0')) {
    return undefined;
  }
  return text as LineText;
}

/** `text` as a single word, or undefined if it is empty or contains a space, CR, LF or NUL. */
export function parseToken(text: string): Token | undefined {
  return text.includes(' ') ? undefined : (parseLineText(text) as Token | undefined);
}

/** The first word of `text`, and what follows the space after it. The rest is empty if there is no space. */
export function splitWord(text: string): readonly [word: string, rest: string] {
  const space = text.indexOf(' ');
  return space < 0 ? [text, ''] : [text.slice(0, space), text.slice(space + 1)];
}
