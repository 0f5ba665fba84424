// A file on its way, or what became of it: what it is, whose, how far, and what can be decided about it.

import { isOver, type Transfer } from '../../client/files/transfer.ts';
import { formatBytes } from '../../client/wording/amounts.ts';
import { isUnderWay, whoseFile } from '../../client/wording/file-progress.ts';
import { fileStanding } from '../../client/wording/file-standing.ts';
import { harmless } from '../../client/wording/sanitize.ts';
import type { Session } from '../chat/session.ts';

export interface TransferCardProps {
  readonly session: Session;
  readonly transfer: Transfer;
}

export function TransferCard({ session, transfer }: TransferCardProps) {
  const { direction, size, doneBytes, state } = transfer;
  const name = harmless(transfer.name);
  return (
    <div class="file-card">
      <p>
        <span aria-hidden="true">{direction === 'outgoing' ? '↑' : '↓'} </span>
        <bdi class="name">{name}</bdi> <span class="dim">({formatBytes(size)})</span>{' '}
        {direction === 'outgoing' ? 'to' : 'from'} <bdi>{whoseFile(transfer)}</bdi>
      </p>
      {isUnderWay(transfer) && (
        <progress
          max={Math.max(size, 1)}
          value={size === 0 ? 0 : doneBytes}
          aria-label={`${name}, ${direction === 'outgoing' ? 'to' : 'from'} ${whoseFile(transfer)}`}
        />
      )}
      <p class={state.phase === 'asking' && direction === 'incoming' ? 'warning' : 'dim'}>
        {fileStanding(transfer)}
      </p>
      <TransferButtons session={session} transfer={transfer} name={name} />
    </div>
  );
}

function TransferButtons({
  session,
  transfer,
  name,
}: TransferCardProps & { readonly name: string }) {
  const { direction, number, state, isKept } = transfer;
  const choose = (act: 'accept' | 'decline' | 'cancel'): void =>
    void session.ask(session.model.chooseFile(act, number));
  const about = <span class="hidden"> {name}</span>;
  if (direction === 'incoming' && (state.phase === 'asking' || state.phase === 'held')) {
    return (
      <div class="actions">
        {state.phase === 'asking' && state.why !== undefined && (
          <>
            <button class="main" onClick={() => choose('accept')}>
              Accept{about}
            </button>
            <button onClick={() => choose('decline')}>Decline{about}</button>
          </>
        )}
        {(state.phase === 'held' || state.why === undefined) && (
          <button onClick={() => choose('cancel')}>Cancel{about}</button>
        )}
      </div>
    );
  }
  if (!isOver(state))
    return (
      <div class="actions">
        <button onClick={() => choose('cancel')}>Cancel{about}</button>
      </div>
    );
  if (state.phase === 'kept')
    return (
      <div class="actions">
        <button onClick={() => choose('cancel')}>Delete it at the server{about}</button>
      </div>
    );
  const isOfDisk =
    state.phase === 'ended' && (state.reason === 'no-space' || state.reason === 'unwritable');
  return direction === 'incoming' && isKept && isOfDisk ? (
    <div class="actions">
      <button onClick={() => choose('accept')}>Try it again{about}</button>
    </div>
  ) : null;
}
