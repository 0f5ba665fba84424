// What the commands about the rules of groups ask of a view.

import type { Result } from '../../lib/result.ts';
import type { GovernWish, GroupInfo, ListedGroup } from '../governing/govern-wish.ts';

export interface GovernActions {
  /** Changes one thing of a group: a rule, or what somebody is in it. Says what was done. */
  readonly govern: (group: string, wish: GovernWish) => Promise<Result<string | undefined, string>>;
  /** What a group is about, who is what in it, and its rules. */
  readonly groupInfo: (group: string) => Promise<Result<GroupInfo, string>>;
  /** The groups that are public. */
  readonly listGroups: () => Promise<Result<readonly ListedGroup[], string>>;
}

/** Where a view shows groups as something of its own. A view that has none says the same in lines. */
export interface GroupViews {
  readonly showGroup?: ((group: string) => void) | undefined;
  readonly showGroups?: (() => void) | undefined;
}
