// What the shell does for the hub: effects with their lines written, ready to be carried out. Lines are made once,
// when the hub has decided; the same bytes are delivered and stored.

import type { Audience, ConnectionId, Effect, Repeated } from '../../hub/effects.ts';
import type { Lines } from '../delivery/audience.ts';

/** What the shell does itself, once all before it is kept and done. */
export interface ShellJob {
  readonly type: 'do';
  readonly job: () => void;
}

export type Act =
  /** A line to one connection. */
  | { readonly type: 'send'; readonly to: ConnectionId; readonly line: string }
  /** The same, where it says that what was said is there now: not to be heard when it could not be kept. */
  | { readonly type: 'acknowledge'; readonly to: ConnectionId; readonly line: string }
  /** What was said, to an audience but not to `except`, and to single connections. */
  | {
      readonly type: 'say';
      readonly audience: Audience | undefined;
      readonly lines: Lines;
      readonly except: ConnectionId | undefined;
      readonly to: readonly ConnectionId[];
    }
  /** Answers what was sent again, now that it is certain that the first is kept. */
  | { readonly type: 'answerRepeat'; readonly to: ConnectionId; readonly repeated: Repeated }
  | ShellJob
  | Extract<
      Effect,
      { type: 'presence' | 'join' | 'leave' | 'close' | 'openTransfer' | 'closeTransfer' }
    >;
