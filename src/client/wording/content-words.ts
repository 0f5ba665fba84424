// What a message says, in words for people: its text, a file that is offered, or that this version does not know what it
// is.
import { unreachable } from '../../lib/invariant.ts';
import type { MessageContent, SaidContent } from '../content.ts';
import { formatBytes } from './amounts.ts';
import { harmless, harmlessLines } from './sanitize.ts';
import { timerLine } from './timer-words.ts';

/** As they were said: not made harmless. */
export function contentWords(content: MessageContent): string {
  switch (content.kind) {
    case 'text':
    case 'said':
      return content.text;
    case 'file':
      return content.at === 'kept'
        ? `(sends ${content.name}, ${formatBytes(content.size)}; the server keeps it, encrypted)`
        : `(offers ${content.name}, ${formatBytes(content.size)})`;
    case 'timer':
      return timerLine(content.seconds);
    case 'unknown':
      return '(something that this version of helo does not know)';
    default:
      return unreachable(content);
  }
}

/** A content of anybody, with words that may be drawn. Whom a text mentions and what it answers is shown beside it. */
export function harmlessContent(content: MessageContent): Exclude<MessageContent, SaidContent> {
  switch (content.kind) {
    case 'text':
    case 'said':
      return { kind: 'text', text: harmlessLines(content.text) };
    case 'file':
      return { ...content, name: harmless(content.name) };
    case 'timer':
    case 'unknown':
      return content;
    default:
      return unreachable(content);
  }
}
