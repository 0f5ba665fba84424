// What may be sent of the lines in an input: how long a message can be, and which text is no command although it begins
// like one.

import { maxTextBytes } from '../encryption/live/limits.ts';
import { maxDirectTextBytes } from '../encryption/stored/limits.ts';
import { defaultMaxLineBytes } from '../../wire/limits.ts';
import type { CommandPlace } from './actions.ts';
import { isAddressed } from './addressed.ts';

/** The length of a protocol line without the text of its message. */
const maxHeadBytes = 200;

/** The longest text of one message there. */
export function maxBytesIn({ kind }: Pick<CommandPlace, 'kind'>): number {
  return kind === 'person'
    ? Math.min(maxDirectTextBytes, maxTextBytes)
    : defaultMaxLineBytes - maxHeadBytes;
}

/** The messages that a text becomes: one, or where a message has one line, one for each that is not empty. */
export function messagesOf(text: string, hasLines: boolean): readonly string[] {
  if (hasLines) return [text.replace(/^(?: *\n)+/, '').trimEnd()];
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** Why these lines are not sent. */
export function refusalOf(lines: readonly string[], wasPasted: boolean): string | undefined {
  if (!lines.some(isAddressed)) return undefined;
  if (lines.length > 1) return 'not sent: a line of it begins like a command. // says a slash';
  return wasPasted
    ? 'not sent: pasted text is no command. Type its first character yourself, or // before it'
    : undefined;
}
