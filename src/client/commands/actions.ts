// The actions of typed commands: the port between the table of commands and a view, lines or the full screen. Names
// are as they were typed, except through `person` and `group`, which find out who is meant.

import type { Result } from '../../lib/result.ts';

/** What was asked for is done, with something to say about it or nothing; or it is not, and why. */
export type Verdict = Result<string | undefined, string>;

export interface SafetyWords {
  readonly digits: string;
  readonly isVerified: boolean;
  readonly isChanged: boolean;
}

/** Where something was typed. Lines are all typed in the lobby. */
export interface CommandPlace {
  readonly kind: 'lobby' | 'group' | 'person';
  readonly name: string;
}

export interface CommandActions {
  readonly here: CommandPlace;
  /** The safety numbers that were shown, by name. */
  readonly compared: Map<string, string>;
  /** On the screen what is said to the person is a sentence; among lines it stands behind a mark of the program. */
  readonly view: 'lines' | 'screen';
  /** `reply`: what was asked for. */
  readonly notify: (tone: 'notice' | 'reply', text: string) => void;
  /** Who is meant by a name that was typed: the same name in other letter case, where exactly one such is known. */
  readonly person: (typed: string) => string;
  /** As `person`, of the groups that this person is in. */
  readonly group: (typed: string) => string;
  readonly say: (text: string) => Promise<Verdict>;
  /** Without a text, opens the conversation. */
  readonly sayTo: (name: string, text: string) => Promise<Verdict>;
  readonly sayIn: (group: string, text: string) => Promise<Verdict>;
  readonly sayUnencrypted: (name: string, text: string) => Promise<Verdict>;
  readonly createGroup: (name: string) => Promise<Verdict>;
  readonly createByInvitation: (name: string) => Promise<Verdict>;
  /** Lets somebody into a group by invitation; without a name, tells who may come. */
  readonly invite: (group: string, name: string | undefined) => Promise<Verdict>;
  readonly joinGroup: (name: string) => Promise<Verdict>;
  readonly leaveGroup: (name: string) => Promise<Verdict>;
  readonly kick: (group: string, name: string) => Promise<Verdict>;
  /** Who is here, or in a group. */
  readonly names: (group: string | undefined) => Promise<Verdict>;
  readonly devices: (name: string | undefined) => Promise<Result<readonly string[], string>>;
  readonly safetyNumber: (name: string) => Promise<Result<SafetyWords, string>>;
  readonly markVerified: (name: string, digits: string) => Promise<Verdict>;
  readonly trust: (name: string) => Promise<Verdict>;
  /** Makes somebody the admin of a group in place of this person; without a name, ends the group. */
  readonly handOver: (group: string, name: string | undefined) => Promise<Verdict>;
  /** Blocks somebody or, with `off`, lets them through again; without a name, tells who is blocked. */
  readonly block: (name: string | undefined, off: boolean) => Promise<Verdict>;
  readonly distrust: (name: string) => Promise<Verdict>;
  readonly sendFile: (name: string, path: string) => Promise<Verdict>;
  readonly files: () => Verdict;
  readonly chooseFile: (
    act: 'accept' | 'decline' | 'cancel',
    number: number | undefined,
  ) => Promise<Verdict>;
  /** Shows all of a long message that is shown in part. */
  readonly full: () => Verdict;
  readonly search: (query: string) => Promise<Verdict>;
  /** Writes what was said here, or at `#group` or `@user`, to a file. */
  readonly export: (path: string, place: string | undefined) => Promise<Verdict>;
  /** Sets a preference; without a value, tells what it is; without a name, all of them. */
  readonly set: (name: string | undefined, value: string | undefined) => Promise<Verdict>;
  /** All that can be typed. */
  readonly help: () => void;
  readonly leave: () => void;
}

/** Nothing to say about what was done; or the words behind the command are not of its form. */
export type CommandOutcome = Verdict | 'malformed' | undefined;
