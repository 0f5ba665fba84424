// Beside the message that the pointer or the focus is at: reply, react, and more. At the others only a button that is
// heard and not seen, for whoever reads the page without pointer or keys.

import { useMemo } from 'preact/hooks';
import { computed } from '@preact/signals';
import type { MessageItem } from '../../client/timeline/model.ts';
import type { MessageActs } from './message-acts.ts';

export interface MessageToolsProps {
  readonly acts: MessageActs;
  readonly item: MessageItem;
}

export function MessageTools({ acts, item }: MessageToolsProps) {
  const { key, from, deleted, pinned } = item;
  const isAt = useMemo(
    () => computed(() => acts.hovered.value === key || acts.selected.value === key),
    [acts, key],
  );
  if (deleted !== undefined) return null;
  const isShown = isAt.value;
  const rights = isShown ? acts.rightsTo(key) : undefined;
  return (
    <>
      {pinned !== undefined && (
        <p class="pinned dim">
          pinned by <bdi>{pinned.by}</bdi>
        </p>
      )}
      <div class={isShown ? 'tools' : 'tools hidden'}>
        {rights?.reply.ok === true && (
          <button title="Reply (R)" aria-label="Reply" onClick={() => acts.reply(key)}>
            <span aria-hidden="true">↩</span>
          </button>
        )}
        {rights?.react.ok === true && (
          <button
            title="React (+)"
            aria-label="React"
            aria-haspopup="dialog"
            onClick={() => acts.ask(key, 'react')}
          >
            <span aria-hidden="true">☺</span>
          </button>
        )}
        <button
          key="more"
          title="More (Enter)"
          aria-label={`More: what ${from} said`}
          aria-haspopup="dialog"
          tabIndex={isShown ? 0 : -1}
          onClick={() => acts.ask(key, 'all')}
        >
          <span aria-hidden="true">⋯</span>
        </button>
      </div>
    </>
  );
}
