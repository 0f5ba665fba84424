// What a message is now: a fold of its record and of what later messages said of it. The one place that says who may
// edit and delete.
import { textContent, type MessageContent } from '../content.ts';
import type { Username } from '../../wire/text.ts';
import type { HistoryRecord } from '../store/store-port.ts';
import type { Amendments, Deletion, Edit, PinWord } from './amendments.ts';
import type { Reaction } from './reactions.ts';

/** One emoji, and who gave it, in the order of the log. */
export interface Reacted {
  readonly emoji: string;
  readonly by: readonly Username[];
}

export interface CurrentMessage {
  /** An empty text if it is deleted. */
  readonly content: MessageContent;
  /** The edits that hold, in the order of the log; the last one has the text of now. */
  readonly edits: readonly Edit[];
  readonly deletion: Deletion | undefined;
  /** In the order in which the first of each came. */
  readonly reactions: readonly Reacted[];
  /** Undefined if it is not pinned. */
  readonly pin: PinWord | undefined;
}

/** At one message; of more the first are shown. */
export const maxKinds = 20;

type Judged = Pick<HistoryRecord, 'from' | 'guest' | 'content' | 'unreadable'>;

/** The message of `record` now. */
export function currentOf(record: Judged & Pick<HistoryRecord, 'amended'>): CurrentMessage {
  const { content, amended } = record;
  const nothing = { content, edits: [], deletion: undefined, reactions: [], pin: undefined };
  if (amended === undefined) return nothing;
  const deletion = deletionOf(record, amended);
  if (deletion !== undefined) return { ...nothing, content: textContent(''), deletion };
  const edits = editsOf(record, amended);
  const last = edits.at(-1);
  return {
    content: last === undefined ? content : withText(content, last),
    edits,
    deletion,
    reactions: reactedOf(amended.reactions),
    pin: amended.pin?.isOn === true ? amended.pin : undefined,
  };
}

/** The deletion that holds: of the account that said it, or of an admin of the group. */
export function deletionOf(
  { from, guest }: Pick<Judged, 'from' | 'guest'>,
  { deletions }: Amendments,
): Deletion | undefined {
  return deletions.find(({ by, asAdmin }) => asAdmin || (by === from && !guest));
}

/** The edits that hold: of the account that said it, and of texts alone. */
export function editsOf({ from, guest, content, unreadable }: Judged, { edits }: Amendments) {
  if (guest || unreadable !== undefined || !hasText(content)) return [];
  return edits.filter(({ by }) => by === from);
}

function hasText({ kind }: MessageContent): boolean {
  return kind === 'text' || kind === 'said';
}

/** What it answers stays. */
function withText(content: MessageContent, { text, mentions }: Edit): MessageContent {
  const reply = content.kind === 'said' ? content.reply : undefined;
  const expiring = 'ttl' in content && content.ttl !== undefined ? { ttl: content.ttl } : {};
  if (reply === undefined && mentions.length === 0) return { ...textContent(text), ...expiring };
  return { kind: 'said', reply, text, mentions, ...expiring };
}

function reactedOf(reactions: readonly Reaction[]): readonly Reacted[] {
  const kinds = new Map<string, Username[]>();
  for (const { emoji, by, isOn } of reactions) {
    if (!isOn) continue;
    const all = kinds.get(emoji);
    if (all !== undefined) all.push(by);
    else if (kinds.size < maxKinds) kinds.set(emoji, [by]);
  }
  return [...kinds].map(([emoji, by]) => ({ emoji, by }));
}
