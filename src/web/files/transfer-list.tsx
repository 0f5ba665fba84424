// All files of this login, as the terminal's /files shows them.

import { harmless } from '../../client/wording/sanitize.ts';
import type { Session } from '../chat/session.ts';
import type { HeldFiles } from './held-files.ts';
import { SaidFile } from './said-file.tsx';
import { TransferCard } from './transfer-card.tsx';

export interface TransferListProps {
  readonly session: Session;
  readonly held: HeldFiles;
}

export function TransferList({ session, held }: TransferListProps) {
  session.watch();
  const { transfers } = session.model;
  if (transfers.length === 0)
    return <p class="dim">No files are on their way. What has come stands in its conversation.</p>;
  return (
    <div class="files-list">
      {transfers.map((transfer) => (
        <div key={transfer.number}>
          <TransferCard session={session} transfer={transfer} />
          {transfer.state.phase === 'saved' && transfer.digest !== undefined && (
            <SaidFile
              session={session}
              held={held}
              digest={transfer.digest}
              name={harmless(transfer.name)}
            />
          )}
        </div>
      ))}
    </div>
  );
}
