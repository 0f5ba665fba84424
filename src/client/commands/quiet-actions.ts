// What the commands about quiet do (quiet-commands.ts).

import type { NotifyRule } from '../account/own/quiet/quiet.ts';
import type { Result } from '../../lib/result.ts';

type Told = Promise<Result<string | undefined, string>>;

export interface QuietCommandActions {
  /** Hides what somebody says in the lobby and in groups, or shows it again. Without a name, says who is ignored. */
  readonly ignore: (name: string | undefined, isOn: boolean) => Told;
  /** Says what calls for attention at `lobby`, `#group` or `@user`; undefined: what does without a rule. */
  readonly setRule: (id: string, rule: NotifyRule | undefined) => Told;
  /** What follows `/dnd`. */
  readonly doNotDisturb: (typed: string) => Told;
}
