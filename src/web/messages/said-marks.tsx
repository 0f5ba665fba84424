// What stands at a message besides its words: what it answers, that it was edited, and the reactions to it. It is there
// with the first message, so it is small: what can be done with a message comes later (page-messages.tsx).

import { answersNothingHere } from '../../client/wording/amended-words.ts';
import type { ItemReply, MessageItem } from '../../client/timeline/model.ts';
import { formatDay, formatTime } from '../../client/wording/moment-words.ts';
import type { Session } from '../chat/session.ts';
import { endWords } from '../../client/wording/timer-words.ts';
import { reactedWords } from './reaction-words.ts';

interface MarkProps {
  readonly item: MessageItem;
  readonly session: Session;
}

/** What a message answers. A press goes there. */
export function Quote({ item, session }: MarkProps) {
  const { reply } = item;
  if (reply === undefined) return null;
  if (reply.from === undefined) return <p class="quote dim">{answersNothingHere}</p>;
  return (
    <button class="quote" onClick={() => session.messages.value?.toReplied(item.key)}>
      <span class="hidden">answers </span>
      <QuotedWords reply={reply} />
    </button>
  );
}

function QuotedWords({ reply: { from, text } }: { readonly reply: ItemReply }) {
  return (
    <>
      <bdi class="name">{from}</bdi> <bdi>{text}</bdi>
    </>
  );
}

/** When it disappears; that it was edited, and when; and that a change of it is on its way. */
export function Edited({ item: { edited, expiresAt, isChanging } }: Pick<MarkProps, 'item'>) {
  return (
    <>
      {expiresAt !== undefined && (
        <span class="state" role="img" title={endWords(expiresAt)}>
          ◷
        </span>
      )}
      {edited !== undefined && (
        <span class="state" title={formatDay(edited.at)}>
          edited {formatTime(edited.at)}
        </span>
      )}
      {isChanging && <span class="state">changing …</span>}
    </>
  );
}

/** More of them are counted. */
const maxNamed = 3;
const maxTitled = 20;

/** Each can be given too, or taken back. */
export function Reactions({ item, session }: MarkProps) {
  const { reactions = [] } = item;
  if (reactions.length === 0) return null;
  const { me } = session.model;
  return (
    <ul class="reactions" aria-label="Reactions">
      {reactions.map((reaction) => {
        const { emoji, count, mine } = reaction;
        return (
          <li key={emoji}>
            <button
              class="reaction"
              aria-pressed={mine}
              aria-label={`${emoji} ${count}, ${reactedWords(reaction, me, maxNamed)}`}
              title={reactedWords(reaction, me, maxTitled)}
              onClick={() => session.messages.value?.react(item.key, emoji, !mine)}
            >
              <span>
                <bdi class="emoji">{emoji}</bdi> {count.toLocaleString('en')}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
