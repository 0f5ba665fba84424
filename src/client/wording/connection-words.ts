// The state of the connection, in a few words for the status row.

import type { ClientState } from '../client-state.ts';
import type { ConnectionStatus } from '../timeline/model.ts';

/** The state of a client, for the screen. */
export function connectionOf(state: Pick<ClientState, 'phase'>): ConnectionStatus {
  switch (state.phase) {
    case 'connecting':
    case 'greeting':
      return { phase: 'connecting', words: 'connecting' };
    case 'login':
      return { phase: 'connecting', words: 'logging in' };
    case 'open':
      return { phase: 'open', words: 'connected' };
    case 'waiting':
      return { phase: 'waiting', words: 'no connection, trying again' };
    case 'closing':
      return { phase: 'closed', words: 'leaving' };
    case 'closed':
      return { phase: 'closed', words: 'not connected' };
  }
}
