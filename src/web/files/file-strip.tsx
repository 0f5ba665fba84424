// Over the input: the files of the open conversation that are on their way or wait for a word, and those that have come
// without a message of their own, until they are put away.

import { useState } from 'preact/hooks';
import { isOver, type Transfer } from '../../client/files/transfer.ts';
import { lobbyId, type ConversationId } from '../../client/timeline/model.ts';
import { harmless } from '../../client/wording/sanitize.ts';
import { lobbyGroup } from '../../wire/extended/names.ts';
import type { Session } from '../chat/session.ts';
import type { HeldFiles } from './held-files.ts';
import { SaidFile } from './said-file.tsx';
import { TransferCard } from './transfer-card.tsx';

export interface FileStripProps {
  readonly session: Session;
  readonly held: HeldFiles;
}

export function FileStrip({ session, held }: FileStripProps) {
  session.watch();
  const [away, setAway] = useState<ReadonlySet<number>>(new Set());
  const id = session.focus.current.value;
  const here = session.model.transfers.filter((one) => conversationOf(one) === id);
  const shown = here.filter(
    (one) => !isOver(one.state) || (isUnsaid(one) && !away.has(one.number)),
  );
  if (shown.length === 0) return null;
  return (
    <section class="files" aria-label="Files on their way">
      {shown.map((transfer) => (
        <div key={transfer.number}>
          <TransferCard session={session} transfer={transfer} />
          {isOver(transfer.state) && transfer.digest !== undefined && (
            <>
              <SaidFile
                session={session}
                held={held}
                digest={transfer.digest}
                name={harmless(transfer.name)}
              />
              <button onClick={() => setAway(new Set([...away, transfer.number]))}>
                Put away<span class="hidden"> {harmless(transfer.name)}</span>
              </button>
            </>
          )}
        </div>
      ))}
    </section>
  );
}

/** Whether it has come, and no message tells of it. */
function isUnsaid({ direction, isSaid, state }: Transfer): boolean {
  return direction === 'incoming' && isSaid !== true && state.phase === 'saved';
}

/** Where it belongs. */
export function conversationOf({ direction, peer, group }: Transfer): ConversationId {
  if (group === lobbyGroup) return lobbyId;
  if (group !== undefined) return `#${group}`;
  return direction === 'outgoing' && peer.startsWith('#') ? peer : `@${peer}`;
}
