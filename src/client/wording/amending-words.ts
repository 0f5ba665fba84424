// Edits, deletions, reactions and replies, in words: for clients that know only texts, for lines, and for what cannot be
// done. None quotes the message that it is about, so that a deleted text stands nowhere else.
import type { AmendmentContent, SaidContent } from '../content.ts';
import { unreachable } from '../../lib/invariant.ts';
import type { ClientEvent } from '../client-event.ts';
import { notice, warning, type PrintedLine } from './printed-line.ts';
import { whereTo } from './present-own.ts';

/** Of what is sent beside a content: a longer text is cut there. */
const maxPlainLength = 2_000;

/** The sentence that stands beside a content. `from`: who said the message that it is about. */
export function plainSentence(
  content: AmendmentContent | SaidContent,
  from: string | undefined,
): string {
  const whose = from === undefined ? 'a message' : `a message of ${from}`;
  switch (content.kind) {
    case 'said':
      return cut(
        content.reply === undefined ? content.text : `to ${from ?? 'all'}: ${content.text}`,
      );
    case 'edit':
      return cut(`edited: ${content.text}`);
    case 'delete':
      return 'deleted a message';
    case 'react':
      return content.isOn
        ? `reacted with ${content.emoji} to ${whose}`
        : `took back ${content.emoji} at ${whose}`;
    case 'pin':
      return `${content.isOn ? 'pinned' : 'unpinned'} ${whose}`;
    default:
      return unreachable(content);
  }
}

function cut(text: string): string {
  return text.length <= maxPlainLength ? text : `${text.slice(0, maxPlainLength - 1).trimEnd()}…`;
}

/** What somebody else did with a message, as a line. */
export function amendedLines(
  event: Extract<ClientEvent, { readonly type: 'amended' }>,
): readonly PrintedLine[] {
  const { amendment, isOwn, isHere, late } = event;
  if (isOwn || late || !isHere) return [];
  const { by, content } = amendment;
  const where = event.place.kind === 'group' ? ` in ${event.place.group}` : '';
  switch (content.kind) {
    case 'edit':
      return [notice(`${by} edited${where}: ${content.text}`)];
    case 'delete':
      return [notice(`${by} deleted a message${where}`)];
    case 'react':
      return content.isOn ? [notice(`${by} reacted with ${content.emoji}${where}`)] : [];
    case 'pin':
      return [notice(`${by} ${content.isOn ? 'pinned' : 'unpinned'} a message${where}`)];
    default:
      return unreachable(content);
  }
}

const undone: Readonly<Record<AmendmentContent['kind'], string>> = {
  edit: 'the message was not edited',
  delete: 'the message was not deleted',
  react: 'the reaction was not sent',
  pin: 'what is pinned was not changed',
};

/** What this account did, where that failed. */
export function ownAmendmentLines({
  amendment,
  state,
  reason,
}: Extract<ClientEvent, { readonly type: 'own-amendment' }>): readonly PrintedLine[] {
  if (state !== 'refused') return [];
  const { place, content } = amendment;
  return [
    warning(`${undone[content.kind]}${whereTo(place)}${reason === undefined ? '' : `: ${reason}`}`),
  ];
}
