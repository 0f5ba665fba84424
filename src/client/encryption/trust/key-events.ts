// The state of people's keys, and the events about it.

import type { DeviceChange } from './device-news.ts';

/**
 * The state of the key of a text: `verified` (safety numbers were compared), `pinned` (the first key for that name, or
 * one that the person trusted since), `changed` (another key than the pinned one, which nobody here has trusted: its
 * holder claims the name).
 */
export type KeyStanding = 'verified' | 'pinned' | 'changed';

export type KeyEvent =
  /** The first key for that name. It is pinned now. */
  | { readonly type: 'key-new'; readonly user: string }
  /** IMPORTANT: another key than the pinned one. Nothing is sent to that person until `trust` or `distrust`. */
  | { readonly type: 'key-changed'; readonly user: string; readonly wasVerified: boolean }
  /**
   * The account of a pinned key has other devices than before. IMPORTANT if `isHeld`: the person had compared the key, and
   * nothing is sent to them until `trust`.
   */
  | {
      readonly type: 'devices-changed';
      readonly user: string;
      readonly changes: readonly DeviceChange[];
      readonly isHeld: boolean;
    }
  /**
   * A pin could not be stored (disk full, no permission): it holds for this login only. IMPORTANT if `isFull`, which
   * means that there is no room for one more: nothing is sent to that person until there is, and `trust` was called.
   */
  | {
      readonly type: 'pin-not-stored';
      readonly user: string;
      readonly cause: unknown;
      readonly isFull: boolean;
    };
