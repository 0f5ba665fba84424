// The state of a file in a few words, for a view that has buttons in the place of commands.

import type { Transfer } from '../files/transfer.ts';
import { standing } from './file-progress.ts';
import { asks, endWords } from './present-files.ts';

export function fileStanding(transfer: Transfer): string {
  const { state, direction, peer } = transfer;
  switch (state.phase) {
    case 'asking':
      if (direction === 'outgoing') return `${peer} is asked whether to take it`;
      return state.why === undefined ? 'about to begin' : asks[state.why];
    case 'paused':
      return state.why === 'away'
        ? `waits until ${peer} is here`
        : `${standing(transfer)}; it goes on by itself`;
    case 'kept':
      return 'at the server, encrypted, until it is taken';
    case 'saved':
      return 'it has come, whole';
    case 'ended':
      return direction === 'outgoing'
        ? `not delivered: ${endWords(state)}`
        : `not saved: ${endWords(state)}`;
    default:
      return standing(transfer);
  }
}
