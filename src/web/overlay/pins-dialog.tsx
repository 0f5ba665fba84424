// What is pinned in a conversation, the latest message first: to go there, and to take a pin off.

import { useEffect, useState } from 'preact/hooks';
import type { ConversationId, PinnedMessage } from '../../client/timeline/model.ts';
import type { Result } from '../../lib/result.ts';
import type { Session } from '../chat/session.ts';
import { Dialog } from './dialog.tsx';
import { countWords, FoundMessage } from './found-message.tsx';

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
              <FoundMessage
                session={session}
                one={one}
                behind={
                  <>
                    , pinned by <bdi>{one.by}</bdi>
                  </>
                }
              />
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
  return countWords(length);
}
