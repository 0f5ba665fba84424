// What an account on a client is given: its stored data on the device, and the ports to everything around it.

import type { Username } from '../../wire/text.ts';
import type { ClientEvent, OwnContent } from '../client-event.ts';
import type { DirectPorts } from '../encryption/stored/engine.ts';
import type { WallClock, RandomBytes, Timers } from '../ports.ts';
import type { ClientRecords, ClientStore } from '../store/store-port.ts';

/** What is kept on the device for an account, opened and read. */
export interface AccountKeeping {
  readonly store: ClientStore;
  readonly records: ClientRecords;
  /**
   * What was said in the lobby or a group before this device knew it is no news: for a store that is gone afterwards, and
   * for programs, which would answer it. A person gets the last of it, to read.
   */
  readonly startsNow: boolean;
}

export interface AccountPorts {
  readonly me: Username;
  readonly keeping: AccountKeeping;
  /** For private messages with accounts; undefined where they are for another connection. */
  readonly direct: DirectPorts | undefined;
  readonly timers: Timers;
  readonly now: WallClock;
  readonly random: RandomBytes;
  readonly emit: (event: ClientEvent) => void;
  /** Takes a private message to `user`, who has no account. */
  readonly toGuest: (user: Username, own: OwnContent) => void;
  /** More has come than could be worked on, or no longer: the connection is to be read, or not. */
  readonly full: (isFull: boolean) => void;
  /** Something could not be kept. Nothing more is done. */
  readonly failed: (cause: unknown) => void;
}
