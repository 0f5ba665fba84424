// What is pinned in a conversation, the latest message first: to go there, and to take a pin off.

import { useEffect, useState } from 'preact/hooks';
import type { ConversationId, PinnedMessage } from '../../client/timeline/model.ts';
import { formatDay, formatTime } from '../../client/wording/moment-words.ts';
import type { Result } from '../../lib/result.ts';
import type { Session } from '../chat/session.ts';
import { Dialog } from './dialog.tsx';

/** So much of a text is shown. */
const maxText = 300;

export function PinsDialog({
  session,
  id,
}: {
  readonly session: Session;
  readonly id: ConversationId;
}) {
  const [pins, setPins] = useState<Result<readonly PinnedMessage[], string>>();
  useEffect(() => {
    let isAsked = true;
    const read = async (): Promise<void> => {
      const told = await session.model.pins(id);
      if (isAsked) setPins(told);
    };
    void read();
    return () => {
      isAsked = false;
    };
  }, [session, id]);
  const go = (one: PinnedMessage): void => {
    session.overlay.value = undefined;
    session.pane.value = 'messages';
    void session.focus.reveal(one);
  };
  const unpin = async (one: PinnedMessage): Promise<void> => {
    const done = await one.unpin();
    session.told(done);
    if (done.ok && pins?.ok === true)
      setPins({ ok: true, value: pins.value.filter((pin) => pin !== one) });
  };
  return (
    <Dialog session={session} title="Pinned">
      <p role="status" class="dim">
        {wordsOf(pins)}
      </p>
      <ul class="choices">
        {pins?.ok === true &&
          pins.value.map((one) => (
            <li key={`${one.at} ${one.from} ${one.text}`}>
              <button class="found" onClick={() => go(one)}>
                <span class="dim">
                  {formatDay(one.at)} {formatTime(one.at)}, pinned by <bdi>{one.by}</bdi>
                </span>
                <span dir="auto">
                  <bdi class="name">{one.from}</bdi>: {one.text.slice(0, maxText)}
                </span>
              </button>
              <button aria-label={`Unpin what ${one.from} said`} onClick={() => void unpin(one)}>
                Unpin
              </button>
            </li>
          ))}
      </ul>
    </Dialog>
  );
}

function wordsOf(pins: Result<readonly PinnedMessage[], string> | undefined): string {
  if (pins === undefined) return 'one moment …';
  if (!pins.ok) return pins.error;
  const { length } = pins.value;
  if (length === 0) return 'Nothing is pinned here.';
  return length === 1 ? '1 message' : `${length} messages`;
}
