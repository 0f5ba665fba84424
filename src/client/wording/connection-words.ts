// The state of the connection, in a few words for the status row.

import type { ClientState } from '../client-state.ts';
import type { ConnectionStatus } from '../timeline/model.ts';

/** A login that waits for the server's disk, as a sentence. */
export const waitsForDisk =
  "the server's disk does not answer; the login goes on by itself when it does";

/** The state of a client, for the screen. */
export function connectionOf(
  state: Pick<ClientState, 'phase'> & { readonly waitsFor?: 'disk' },
): ConnectionStatus {
  switch (state.phase) {
    case 'connecting':
    case 'greeting':
      return { phase: 'connecting', words: 'connecting' };
    case 'login':
      return {
        phase: 'connecting',
        words: state.waitsFor === 'disk' ? "the server's disk does not answer" : 'logging in',
      };
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
