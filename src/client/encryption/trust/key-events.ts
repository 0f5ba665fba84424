// The state of people's keys, and the events about it.

/**
 * Under which key a text came: `verified` (safety numbers were compared), `pinned` (the key first seen for
 * that name, or one that the person trusted since), `changed` (another key than the pinned one, which nobody
 * here has trusted: whoever holds it claims the name).
 */
export type KeyStanding = 'verified' | 'pinned' | 'changed';

export type KeyEvent =
  /** The first key seen for that name; it is pinned now. */
  | { readonly type: 'key-new'; readonly user: string }
  /** LOUD: another key than the pinned one. Nothing is sent to that person until `trust` or `distrust`. */
  | { readonly type: 'key-changed'; readonly user: string; readonly wasVerified: boolean }
  /**
   * A pin could not be stored (disk full, no permission): it holds for this login only. LOUD where `isFull`, that is where
   * there is no room for one more: nothing is sent to that person until there is, and `trust` was said.
   */
  | {
      readonly type: 'pin-not-stored';
      readonly user: string;
      readonly cause: unknown;
      readonly isFull: boolean;
    };
