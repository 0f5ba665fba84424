// What a person wants changed in a group, and what is known of one: the same for open and sealed groups. Plain values.

import type { GroupRules } from '../../wire/groups/group-rules.ts';
import type { GroupRole } from '../../wire/groups/rights.ts';

/** A change about somebody. `seconds` absent: for ever. */
export type AboutPerson =
  | { readonly what: 'role'; readonly user: string; readonly role: GroupRole }
  | {
      readonly what: 'ban';
      readonly user: string;
      readonly seconds?: number | undefined;
      readonly reason?: string | undefined;
    }
  | { readonly what: 'silence'; readonly user: string; readonly seconds?: number | undefined }
  | { readonly what: 'unban'; readonly user: string }
  | { readonly what: 'unsilence'; readonly user: string };

/** What records say in sealed groups. */
export type SignedWish =
  | AboutPerson
  | { readonly what: 'slow'; readonly seconds: number }
  | { readonly what: 'announce'; readonly on: boolean }
  | { readonly what: 'public'; readonly on: boolean };

/** One change. */
export type GovernWish =
  SignedWish | { readonly what: 'topic' | 'description'; readonly text: string };

/** What is known of a group. */
export interface GroupInfo extends GroupRules {
  readonly isSealed: boolean;
  /** Whether `bans` are all that there are: for members of an open group they are not told. */
  readonly knowsBans: boolean;
}

/** A group of the directory. */
export interface ListedGroup {
  readonly group: string;
  readonly members: number;
  readonly isSealed: boolean;
  /** Of open groups alone. */
  readonly topic: string | undefined;
}
