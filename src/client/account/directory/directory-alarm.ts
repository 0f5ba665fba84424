// What is found out about a server by its directory: each is a lie, or a server whose data are not what they were.

/** Why the person has to decide. Until then nothing is sealed. */
export type DirectoryAlarm =
  /** The list is another one than before. */
  | { readonly kind: 'other-list' }
  /** Entries that were shown before are not in it any more. */
  | { readonly kind: 'older-list' }
  /** The server had a list, and shows none that holds. */
  | { readonly kind: 'no-list' }
  /** The list is longer than any that is compared here: a lie in it would not be found. */
  | { readonly kind: 'too-long' }
  /** The list has a link of this account that none of its devices has made. */
  | { readonly kind: 'not-ours' }
  /** What the server shows of the devices of `user` is not in the list: others may be shown something else. */
  | { readonly kind: 'not-listed'; readonly user: string }
  /** The list has more links of `user` than the server shows: a device that was added or revoked is hidden. */
  | { readonly kind: 'hidden'; readonly user: string }
  /** The server gives a key for `user` that none of their devices has. */
  | { readonly kind: 'swapped-key'; readonly user: string }
  /** `user` was shown another list. */
  | { readonly kind: 'differs'; readonly user: string };

export type DirectoryNews =
  | { readonly kind: 'alarm'; readonly alarm: DirectoryAlarm }
  /** The server says that it was put back to older data: so many entries are gone, and are entered again as people come. */
  | { readonly kind: 'put-back'; readonly lost: number }
  /** A device of `user` tells of a list without the server's signature. That holds up nothing: anybody could say so. */
  | { readonly kind: 'unproven'; readonly user: string }
  /** The list is too long to be compared here, which the person has taken before. */
  | { readonly kind: 'not-compared' }
  /** The copy on this device was damaged, and begins anew. */
  | { readonly kind: 'damaged' };

/** What `/directory` tells. */
export interface DirectoryState {
  /** How many entries this device has a copy of; undefined where the server has no list. */
  readonly size: number | undefined;
  readonly alarms: readonly DirectoryAlarm[];
  /** The server was put back to older data, since this device knows its list. */
  readonly isPutBack?: true;
  /** The list is too long to be compared here. */
  readonly isTooLong?: true;
}

/** By which the same alarm is known again. */
export function alarmKey(alarm: DirectoryAlarm): string {
  return 'user' in alarm ? `${alarm.kind} ${alarm.user}` : alarm.kind;
}
