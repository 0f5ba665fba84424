// Says new messages of the open conversation, answers, edits and deletions, to whoever hears the page. Not each reaction:
// of those there are many. The list itself is silent: it exchanges its rows while it is scrolled. Comes with the client:
// before it nothing is new.

import { useEffect, useRef, useState } from 'preact/hooks';
import { amendedLines } from '../../client/wording/amending-words.ts';
import { authorOf, itemWords } from '../../client/wording/item-words.ts';
import { formatPlace } from '../../wire/extended/names.ts';
import type { Session } from './session.ts';

/** More at once are only counted. */
const maxSaid = 3;
/** Of what an edit says now. */
const maxEditLength = 300;

export function Announcer({ session }: { readonly session: Session }) {
  const [said, say] = useState('');
  const last = useRef<{ readonly id: string; readonly key: number } | undefined>(undefined);
  const amended = useRef<string[]>([]);
  const changes = session.changes.value;
  useEffect(() => {
    session.hear((event) => {
      if (event.type !== 'amended' || event.amendment.content.kind === 'react') return;
      if (formatPlace(event.place) !== session.focus.id) return;
      for (const { text } of amendedLines(event))
        amended.current.push(text.slice(0, maxEditLength));
      session.soon();
    });
  }, [session]);
  useEffect(() => {
    const { id } = session.focus;
    const lines = amended.current.splice(0);
    const entries = session.model.entries(id);
    const newest = entries.at(entries.length - 1)?.key ?? -Infinity;
    const before = last.current;
    last.current = { id, key: newest };
    if (before?.id === id && newest > before.key && entries.isNewest) {
      for (let index = entries.indexFrom(before.key + 1); index < entries.length; index++) {
        const item = entries.at(index);
        if (item === undefined || ('isOwn' in item && item.isOwn)) continue;
        const author = authorOf(item);
        lines.push(author === undefined ? itemWords(item) : `${author}: ${itemWords(item)}`);
      }
    }
    if (lines.length === 0) return;
    say(lines.length <= maxSaid ? lines.join('\n') : `${lines.length} new messages and changes`);
  }, [changes, session]);
  return (
    <div class="hidden" role="status" aria-live="polite">
      {said}
    </div>
  );
}
