// What a message says, in words for people: its text, or that this version does not know what it is. Not made harmless.
import type { MessageContent } from '../content.ts';

export function contentWords(content: MessageContent): string {
  return content.kind === 'text'
    ? content.text
    : '(something that this version of helo does not know)';
}
