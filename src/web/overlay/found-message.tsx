// A message in a list of a dialogue, which leads to it: of what was found, and of what is pinned.

import type { ComponentChildren } from 'preact';
import type { Found } from '../../client/timeline/model.ts';
import { formatDay, formatTime } from '../../client/wording/moment-words.ts';
import type { Session } from '../chat/session.ts';

/** So much of a text is shown. */
const maxText = 300;

/** `before` and `behind` the time: where it was said, and what else is known of it. */
export function FoundMessage({
  session,
  one,
  before,
  behind,
}: {
  readonly session: Session;
  readonly one: Found;
  readonly before?: ComponentChildren;
  readonly behind?: ComponentChildren;
}) {
  const go = (): void => {
    session.overlay.value = undefined;
    session.pane.value = 'messages';
    void session.focus.reveal(one);
  };
  return (
    <button class="found" onClick={go}>
      <span class="dim">
        {before}
        {formatDay(one.at)} {formatTime(one.at)}
        {behind}
      </span>
      <span dir="auto">
        <bdi class="name">{one.from}</bdi>: {one.text.slice(0, maxText)}
      </span>
    </button>
  );
}

export function countWords(length: number): string {
  return length === 1 ? '1 message' : `${length} messages`;
}
