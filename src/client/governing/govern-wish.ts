// What a person wants changed in a group, and what is known of one: the same for open and sealed groups. Plain values.

import type { GroupRules } from '../../wire/groups/group-rules.ts';
import type { Role } from '../../wire/groups/rights.ts';

/** One change. `seconds` absent: for ever. */
export type GovernWish =
  | { readonly what: 'topic' | 'description'; readonly text: string }
  | { readonly what: 'slow'; readonly seconds: number }
  | { readonly what: 'announce' | 'public'; readonly on: boolean }
  | { readonly what: 'role'; readonly user: string; readonly role: Role }
  | {
      readonly what: 'ban';
      readonly user: string;
      readonly seconds?: number | undefined;
      readonly reason?: string | undefined;
    }
  | { readonly what: 'silence'; readonly user: string; readonly seconds?: number | undefined }
  | { readonly what: 'unban' | 'unsilence'; readonly user: string };

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
