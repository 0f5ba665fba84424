// The actions of typed commands: the port between the table of commands and a view: lines, the full screen or the page. Names are
// as they were typed, except through `person` and `group`, which find the meant one.

import type { SignalActions } from './signal-actions.ts';
import type { ExpiringActions } from './expiring-actions.ts';
import type { Result } from '../../lib/result.ts';
import type { QuietCommandActions } from './quiet-actions.ts';
import type { RevokeReason } from '../../wire/statements/chain-link.ts';
import type { GovernActions, GroupViews } from './govern-actions.ts';
import type { ArchiveActions } from './archive-actions.ts';
import type { GotoActions } from './goto-actions.ts';
import type { PinActions } from './pin-actions.ts';
import type { GroupMode } from '../../wire/statements/roster-record.ts';

/** Done, with something to say about it or nothing; or not done, with the reason. */
export type Verdict = Result<string | undefined, string>;

export interface SafetyWords {
  readonly digits: string;
  readonly isVerified: boolean;
  readonly isChanged: boolean;
}

/** The kind of a new group. `asked`: whether it is sealed; undefined: sealed where that is possible. */
export interface GroupWish {
  readonly asked: 'sealed' | 'open' | undefined;
  readonly mode: GroupMode;
}

/** What may be typed behind `/backup`. */
export type BackupWish = 'on' | 'off' | 'now' | { readonly path: string } | undefined;

/** Where a command was typed. Lines are all typed in the lobby. */
export interface CommandPlace {
  readonly kind: 'lobby' | 'group' | 'person';
  readonly name: string;
}

export interface CommandActions
  extends
    SignalActions,
    QuietCommandActions,
    ExpiringActions,
    GovernActions,
    GroupViews,
    GotoActions,
    PinActions,
    ArchiveActions {
  readonly here: CommandPlace;
  /** The safety numbers that were shown, by name. */
  readonly compared: Map<string, string>;
  /** On the screen, text for the person is a sentence. Among lines, it follows a mark of the program. */
  readonly view: 'lines' | 'screen';
  /** `reply`: a requested answer. */
  readonly notify: (tone: 'notice' | 'reply', text: string) => void;
  /** The person meant by a typed name: the same name in another case, if exactly one such is known. */
  readonly person: (typed: string) => string;
  /** Like `person`, for the groups of this person. */
  readonly group: (typed: string) => string;
  /** The path meant by a typed one. */
  readonly path: (typed: string) => string;
  readonly say: (text: string) => Promise<Verdict>;
  /** Without a text, opens the conversation. */
  readonly sayTo: (name: string, text: string) => Promise<Verdict>;
  readonly sayIn: (group: string, text: string) => Promise<Verdict>;
  readonly sayUnencrypted: (name: string, text: string) => Promise<Verdict>;
  readonly createGroup: (name: string, wish: GroupWish) => Promise<Verdict>;
  /** Seals an open group. */
  readonly seal: (group: string) => Promise<Verdict>;
  /** Lets somebody enter a group by invitation. Without a name, says who may enter. */
  readonly invite: (group: string, name: string | undefined) => Promise<Verdict>;
  readonly joinGroup: (name: string) => Promise<Verdict>;
  readonly leaveGroup: (name: string) => Promise<Verdict>;
  readonly kick: (group: string, name: string) => Promise<Verdict>;
  /** Who is online, or in a group. */
  readonly names: (group: string | undefined) => Promise<Verdict>;
  readonly devices: (name: string | undefined) => Promise<Result<readonly string[], string>>;
  /** What is known of the server's list of all devices; or, with `accept`, the person takes what it shows. */
  readonly directory: (isAccepted: boolean) => Promise<Result<readonly string[], string>>;
  /** Takes out the device with that number of the last list. */
  readonly revokeDevice: (number: number, why: RevokeReason) => Promise<Result<string, string>>;
  /** Takes a new device into the account: its code, then its digits, or `no`. */
  readonly link: (typed: string) => Promise<Verdict>;
  /** Gives the history of this device to another one of the account, or does not. */
  readonly giveHistory: (answer: 'give' | 'keep') => Promise<Verdict>;
  /** Makes recovery words, and shows them. */
  readonly recovery: () => Promise<Verdict>;
  /** Asks for the recovery words that hold, and makes others in their place. */
  readonly otherRecovery: () => Promise<Verdict>;
  /** Makes, ends or tells of the backup. */
  readonly backup: (wish: BackupWish) => Promise<Verdict>;
  /** Mutes `lobby`, `#group` or `@user` for that long, on all devices; 0: not any more. */
  readonly mute: (id: string, ms: number) => Promise<Verdict>;
  readonly safetyNumber: (name: string) => Promise<Result<SafetyWords, string>>;
  /** Shows a safety number as a QR code. */
  readonly drawNumber: (name: string, digits: string) => Verdict;
  readonly markVerified: (name: string, digits: string) => Promise<Verdict>;
  readonly trust: (name: string) => Promise<Verdict>;
  /** Makes another member the admin of a group. Without a name, ends the group. */
  readonly handOver: (group: string, name: string | undefined) => Promise<Verdict>;
  /** Blocks or, with `off`, unblocks somebody. Without a name, says who is blocked. */
  readonly block: (name: string | undefined, off: boolean) => Promise<Verdict>;
  readonly distrust: (name: string) => Promise<Verdict>;
  readonly sendFile: (name: string, path: string) => Promise<Verdict>;
  readonly sendFileToGroup: (group: string, path: string) => Promise<Verdict>;
  readonly files: () => Verdict;
  readonly chooseFile: (
    act: 'accept' | 'decline' | 'cancel',
    number: number | undefined,
  ) => Promise<Verdict>;
  /** These are about the chosen message, or the last one that can be meant. An empty text: it is to be edited in place. */
  readonly editMessage: (text: string) => Promise<Verdict>;
  /** Deletes it for everybody; if not `isSure`, asks. */
  readonly deleteMessage: (isSure: boolean) => Promise<Verdict>;
  /** Gives a reaction, or takes it back. */
  readonly react: (emoji: string) => Promise<Verdict>;
  readonly reply: (text: string) => Promise<Verdict>;
  /** Shows its earlier forms. */
  readonly edits: () => Promise<Verdict>;
  /** Shows the whole of a long message. */
  readonly full: () => Verdict;
  readonly search: (query: string) => Promise<Verdict>;
  /** Sets a preference. Without a value, shows its value. Without a name, shows all of them. */
  readonly set: (name: string | undefined, value: string | undefined) => Promise<Verdict>;
  /** Shows everything that can be typed. */
  readonly help: () => void;
  readonly leave: () => void;
}

/** Undefined: nothing to say. `malformed`: the words after the command do not fit its form. */
export type CommandOutcome = Verdict | 'malformed' | undefined;
