// The messages of the open conversation. Only those near the window exist in the page: the list asks the timeline for
// them one by one, so its length costs nothing. Follows the newest while the person is at the end.

import { useLayoutEffect, useRef } from 'preact/hooks';
import { VList, type VListHandle } from 'virtua';
import type { TimelineItems } from '../../client/timeline/model.ts';
import { readersWords } from '../../client/wording/protection-words.ts';
import { authorOf } from '../../client/wording/item-words.ts';
import { dayOf } from '../../client/wording/moment-words.ts';
import { ItemRow } from './item-row.tsx';
import type { Session } from './session.ts';

export function MessageList({ session }: { readonly session: Session }) {
  session.watch();
  const id = session.focus.current.value;
  const entries = session.model.entries(id);
  const { isReady } = session.focus.conversation;
  return entries.length === 0 ? (
    <div class="messages empty" role="log" tabIndex={0} aria-label="Messages" aria-live="off">
      {isReady ? <EmptyPlace session={session} /> : <p class="dim">one moment …</p>}
    </div>
  ) : (
    <FilledList key={id} session={session} entries={entries} />
  );
}

function EmptyPlace({ session }: { readonly session: Session }) {
  session.watch();
  return (
    <div class="empty-place">
      {readersWords(session.focus.conversation).map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </div>
  );
}

interface ListProps {
  readonly session: Session;
  readonly entries: TimelineItems;
}

/** The distance from the end at which the person counts as being there, in pixels. */
const endSlack = 30;

function FilledList({ session, entries }: ListProps) {
  session.watch();
  const list = useRef<VListHandle>(null);
  const shown = useRef({ first: -Infinity, last: -Infinity, offset: 0 });
  const { place } = session.focus;
  const first = entries.at(0)?.key ?? -Infinity;
  const last = entries.at(entries.length - 1)?.key ?? -Infinity;
  // Earlier ones came before the first: what is in the window stays where it is.
  const isShifted = first < shown.current.first && last === shown.current.last;
  shown.current.first = first;
  shown.current.last = last;

  const toEnd = (): void =>
    list.current?.scrollToIndex(entries.length - 1, { align: 'end', offset: endSlack });
  const look = (): void => {
    const { current } = list;
    if (current === null) return;
    const { scrollOffset: offset, scrollSize, viewportSize } = current;
    const isAtEnd = offset + viewportSize >= scrollSize - endSlack;
    const wasAtEnd = place.isAtEnd;
    // While rows are measured the end moves away by itself: only a person goes up.
    if (isAtEnd) place.isAtEnd = entries.isNewest;
    else if (offset < shown.current.offset - 1 && place.target === undefined) place.isAtEnd = false;
    shown.current.offset = offset;
    if (place.isAtEnd !== wasAtEnd) session.soon();
    void session.focus.scrolled(
      current.findItemIndex(offset),
      current.findItemIndex(offset + viewportSize),
    );
  };

  useLayoutEffect(() => {
    const { target } = place;
    if (target === undefined) {
      if (place.isAtEnd) toEnd();
      return;
    }
    place.target = undefined;
    if (target === 'end') toEnd();
    else list.current?.scrollToIndex(entries.indexFrom(target.key), { align: 'start' });
    // Where everything fits, nothing scrolls that would say so.
    requestAnimationFrame(() => requestAnimationFrame(look));
  });

  return (
    <>
      <VList
        // It says that this is an element, which it is not.
        ref={list as never}
        class="messages"
        role="log"
        tabIndex={0}
        aria-label="Messages"
        aria-live="off"
        // Its length is all that the list takes from it.
        data={{ length: entries.length }}
        {...session.messages.value?.list(entries)}
        shift={isShifted}
        onScroll={look}
        onResize={() => {
          if (place.isAtEnd) toEnd();
        }}
      >
        {(_: unknown, index: number) => rowAt(session, entries, index, place.unreadKey)}
      </VList>
      {!place.isAtEnd && (
        <button class="to-newest" onClick={() => session.focus.toNewest()}>
          <span aria-hidden="true">↓</span> newest
        </button>
      )}
    </>
  );
}

/** Messages of one person within this time stand together under one name. */
const togetherMs = 5 * 60_000;

function rowAt(
  session: Session,
  entries: TimelineItems,
  index: number,
  unreadKey: number | undefined,
) {
  const item = entries.at(index);
  // The list asks once more for rows that have just gone.
  if (item === undefined) return <div key={`gone ${index}`} />;
  const before = entries.at(index - 1);
  const isNewDay = before === undefined || dayOf(before.at) !== dayOf(item.at);
  const isUnreadLine = item.key === unreadKey;
  const author = authorOf(item);
  const isTogether =
    !isNewDay &&
    !isUnreadLine &&
    before !== undefined &&
    author !== undefined &&
    authorOf(before) === author &&
    item.at - before.at < togetherMs;
  return (
    <ItemRow
      key={item.key}
      item={item}
      isNewDay={isNewDay}
      isUnreadLine={isUnreadLine}
      isTogether={isTogether}
      session={session}
    />
  );
}
