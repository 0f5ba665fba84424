// What the shell does for the hub: effects with their lines written, ready to be carried out. Lines are written once,
// when the hub has decided. The same bytes are delivered and stored.

import type { Audience, ConnectionId, Effect, Repeated } from '../../hub/effects.ts';
import type { Lines } from '../delivery/audience.ts';

/** A function of the shell, to be run when everything before it is stored and done. */
export interface ShellJob {
  readonly type: 'do';
  readonly job: () => void;
}

export type Act =
  /** A line to one connection. */
  | { readonly type: 'send'; readonly to: ConnectionId; readonly line: string }
  /** A line that confirms a message: dropped if the message could not be stored. */
  | { readonly type: 'acknowledge'; readonly to: ConnectionId; readonly line: string }
  /** A message, to an audience except `except`, and to single connections. */
  | {
      readonly type: 'say';
      readonly audience: Audience | undefined;
      readonly lines: Lines;
      readonly except: ConnectionId | undefined;
      readonly to: readonly ConnectionId[];
    }
  /** Answers a repeat, now that the first is certainly stored. */
  | { readonly type: 'answerRepeat'; readonly to: ConnectionId; readonly repeated: Repeated }
  | ShellJob
  | Extract<
      Effect,
      {
        type:
          | 'presence'
          | 'join'
          | 'leave'
          | 'close'
          | 'openTransfer'
          | 'closeTransfer'
          | 'openKept'
          | 'closeKept'
          | 'removeKept';
      }
    >;
