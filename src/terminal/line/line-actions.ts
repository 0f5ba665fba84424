// The actions of the commands in line mode: all by the headless client, answers printed as they come. There is no
// current conversation: text without an address goes to everybody.

import type { ChatClient } from '../../client/chat-client.ts';
import {
  refuseCommand,
  type CommandRefusal,
  type CommandRefusalCode,
} from '../../client/command-refusal.ts';
import type { GroupCommands } from '../../client/group-commands.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { lobbyGroup } from '../../wire/extended/names.ts';
import type { CommandActions, Verdict } from '../../client/commands/actions.ts';
import { commandHelp } from '../../client/commands/table.ts';
import { blockWords } from '../../client/wording/block-words.ts';
import { makeGroup } from '../../client/wording/create-words.ts';
import { governWords, infoOf, listedGroups } from '../../client/wording/govern-words.ts';
import { inviteWords } from '../../client/wording/invite-words.ts';
import { enterSealed, putOutSealed, sealOpen } from '../../client/wording/sealed-words.ts';
import { historyWords } from '../../client/wording/history-words.ts';
import { linkWords } from '../../client/wording/linking-words.ts';
import { backupWordsOf } from '../../client/wording/backup-words.ts';
import { muteWords } from '../../client/wording/mute-words.ts';
import { tellReadingWords, tellTypingWords } from '../../client/wording/signal-words.ts';
import { dndWords, ignoreWords, setRuleWords } from '../../client/wording/quiet-words.ts';
import { timerAnswer } from '../../client/wording/timer-answer.ts';
import { otherWordsOf, recoveryWordsOf } from '../../client/wording/recovery-words.ts';
import { revokeWords, tellDevices } from '../../client/wording/devices-words.ts';
import { directoryAnswer } from '../../client/wording/directory-words.ts';
import { knownGroup } from '../../client/wording/place-words.ts';
import { lineArchive, type ReadFile, type WriteFile } from './export.ts';
import { lineGoto } from './line-goto.ts';
import { lineMessages } from './line-messages.ts';
import { linePins } from './line-pins.ts';
import { listNames, listSealed } from './names.ts';
import { pathOf } from './path-completion.ts';
import { notice, replied, type PrintedLine } from '../../client/wording/printed-line.ts';
import { searchKept } from './search.ts';
import { filesListed } from './files-listed.ts';

export interface LineActionsSources {
  readonly client: ChatClient;
  /** Hears the answers of the server. */
  readonly commands: GroupCommands;
  readonly print: (line: PrintedLine) => void;
  readonly writeFile: WriteFile;
  readonly readFile: ReadFile;
  readonly leave: () => void;
  readonly now: () => number;
  /** A private text is about to be sent. */
  readonly beforeTextTo: (name: string) => Promise<void>;
  /** Asks for the recovery words that hold, and acts with them. Returns what to tell the person meanwhile. */
  readonly askWords: (act: (typed: string) => Promise<Verdict>) => Verdict;
  /** A text was sent unencrypted. */
  readonly unencryptedSent: () => void;
}

/** Refusals of commands that would not have sent anything. */
const aboutOther = new Set<CommandRefusalCode>([
  'no-key',
  'other-key',
  'nothing-to-decide',
  'no-such-transfer',
  'which-transfer',
  'key-not-trusted',
  'unreadable-store',
]);

/** Refusals that version 1 has words for: they are printed in these words. */
const v1Sentences: Readonly<Partial<Record<CommandRefusalCode, string>>> = {
  'no-such-file': 'No such file!',
  'file-to-yourself': "you can't send a file to yourself!",
};

const ofTheScreen: Verdict = err(
  'that is for the full screen: helo chat without --plain, or ~/.config/helo/config.toml',
);

function verdictOf(done: Result<unknown, CommandRefusal>): Verdict {
  if (done.ok) return ok(undefined);
  const { code, hint } = done.error;
  return err(aboutOther.has(code) ? hint : `nothing was sent. ${hint}`);
}

/** The commands over `client`, which print with `print`. */
export function lineActions({
  client,
  commands,
  print,
  writeFile,
  readFile,
  leave,
  beforeTextTo,
  askWords,
  unencryptedSent,
  now,
}: LineActionsSources): CommandActions {
  const notify = (text: string): void => print(notice(text));
  /** The server's answer is printed as it comes. */
  const createOpen = async (name: string): Promise<Verdict | undefined> => {
    const sent = client.createGroup(name);
    if (!sent.ok) return verdictOf(sent);
    if (client.as !== 'account') return undefined;
    return (await commands.ask('CREATE_GROUP', name, sent)).ok ? ok(undefined) : undefined;
  };
  const promised = (done: Result<unknown, CommandRefusal>): Promise<Verdict> =>
    Promise.resolve(verdictOf(done));
  return {
    view: 'lines',
    here: { kind: 'lobby', name: 'lobby' },
    compared: new Map(),
    notify: (_, text) => notify(text),
    person: (typed) => client.people.named(typed),
    group: (typed) => knownGroup(typed, client.conversations),
    path: pathOf,
    say: (text) => promised(client.broadcast(text)),
    sayTo: async (name, text) => {
      if (text === '') return err(`nothing was sent. It is written: /msg ${name} text`);
      await beforeTextTo(name);
      return verdictOf(client.privateMessage(name, text));
    },
    sayIn: (group, text) => promised(client.groupMessage(group, text)),
    sayUnencrypted: async (name, text) => {
      const sent = await client.sendUnencrypted(name, text);
      if (sent.ok) unencryptedSent();
      return verdictOf(sent);
    },
    createGroup: (name, wish) => makeGroup(client, name, wish, () => createOpen(name)),
    seal: (group) => sealOpen(client, group),
    invite: (group, name) => inviteWords(client, group, name),
    joinGroup: async (name) =>
      (await enterSealed(client, name)) ?? verdictOf(client.joinGroup(name)),
    leaveGroup: (name) => promised(client.leaveGroup(name)),
    kick: async (group, name) =>
      (await putOutSealed(client, group, name)) ?? verdictOf(client.kick(group, name)),
    names: async (group) => {
      if (group === undefined) {
        const lobby = await listSealed(lobbyGroup, client);
        if (lobby !== undefined) notify(lobby);
        return verdictOf(client.listUsers());
      }
      const listed = await listNames(group, client);
      if (listed.ok) notify(listed.value);
      return listed.ok ? ok(undefined) : listed;
    },
    devices: async (name) => {
      const told = await tellDevices(client, name);
      return told.ok ? told : err(told.error.hint);
    },
    revokeDevice: (number, why) => revokeWords(client, number, why),
    directory: (isAccepted) => directoryAnswer(client, isAccepted),
    link: (typed) => linkWords(client, typed),
    giveHistory: (answer) => historyWords(client, answer),
    recovery: () => recoveryWordsOf(client),
    otherRecovery: async () => askWords((typed) => otherWordsOf(client, typed, notify)),
    backup: (wish) => backupWordsOf(client, wish),
    mute: (id, ms) => muteWords(client, id, ms),
    tellReading: (id, isOn) => tellReadingWords(client, id, isOn),
    tellTyping: (isOn) => tellTypingWords(client, isOn),
    setRule: (id, rule) => setRuleWords(client, id, rule),
    ignore: (name, isOn) => ignoreWords(client, name, isOn),
    doNotDisturb: (typed) => dndWords(client, typed),
    timer: (id, seconds) => timerAnswer(client, id, seconds),
    safetyNumber: async (name) => {
      const number = await client.safetyNumber(name);
      return number.ok ? number : err(number.error.hint);
    },
    drawNumber: (name) =>
      err(`pictures are for the full screen. The digits are the same: /verify @${name}`),
    markVerified: async (name, digits) => verdictOf(await client.markVerified(name, digits)),
    trust: async (name) => verdictOf(await client.trust(name)),
    handOver: async (group, name) => {
      const done = await client.handOver(group, name);
      if (!done.ok) return done;
      // Of a new admin all members are told, this one too.
      return ok(name === undefined ? `group ${group} has ended` : undefined);
    },
    govern: (group, wish) => governWords(client, group, wish),
    groupInfo: (group) => infoOf(client, group),
    listGroups: () => listedGroups(client),
    block: (name, off) => blockWords(client, name, off),
    distrust: async (name) => verdictOf(await client.distrust(name)),
    sendFile: async (name, path) => {
      const done = (await client.files?.send(name, path)) ?? refuseCommand('no-files');
      const sentence = done.ok ? undefined : v1Sentences[done.error.code];
      if (sentence === undefined) return verdictOf(done);
      print(replied(sentence));
      return err(`nothing was sent to ${name}`);
    },
    sendFileToGroup: async (group, path) =>
      verdictOf((await client.files?.sendToGroup(group, path)) ?? refuseCommand('no-files')),
    files: () => {
      for (const line of filesListed(client.files?.list ?? [])) notify(line);
      return ok(undefined);
    },
    chooseFile: async (act, number) =>
      verdictOf((await client.files?.[act](number)) ?? refuseCommand('no-files')),
    ...lineMessages(client, print),
    ...linePins(client, print),
    ...lineGoto(client, print, now),
    full: () => ok('every message here stands there whole'),
    search: (query) => searchKept(query, client, (line) => print(replied(line))),
    ...lineArchive(client, writeFile, readFile),
    set: () => Promise.resolve(ofTheScreen),
    help: () => {
      const rows = commandHelp('lines');
      const width = Math.max(...rows.map(([form]) => form.length));
      for (const [form, help] of rows) notify(`${form.padEnd(width)}  ${help}`);
    },
    leave,
  };
}
