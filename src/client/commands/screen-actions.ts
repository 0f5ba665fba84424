// The actions of the commands in a view with conversations, the full screen or the page: what they request from the
// model, and where the view goes.

import { err, ok } from '../../lib/result.ts';
import type { CommandActions, Verdict } from './actions.ts';
import { gotoActions } from './goto-commands.ts';
import { messageCommands } from './message-commands.ts';
import { pinActions } from './pin-commands.ts';
import { lobbyGroup } from '../../wire/extended/names.ts';
import type { ExportFormat } from '../export/export-format.ts';
import { withMarks } from '../wording/name-marks.ts';
import { sameButCase } from '../people.ts';
import {
  lobbyId,
  type ConversationSummary,
  type ConversationId,
  type MessageItem,
  type Model,
  type RosterPerson,
} from '../timeline/model.ts';

/** Which conversation the person looks at. */
export interface CommandFocus {
  readonly id: ConversationId;
  readonly conversation: ConversationSummary;
  /** Whether something is typed there and not sent. */
  readonly hasDraft: boolean;
  /** The key of the message there that the person has chosen. */
  readonly chosen?: number | undefined;
  open(id: ConversationId): void;
}

export interface ScreenCommandSources {
  readonly model: Model;
  readonly focus: CommandFocus;
  /** The safety numbers that were shown, by name. */
  readonly compared: Map<string, string>;
  readonly help: () => void;
  readonly files: () => void;
  readonly showGroup: (group: string) => void;
  readonly showGroups: () => void;
  readonly full: () => Verdict;
  /** Puts the text of an own message where it can be edited. */
  readonly beginEdit?: ((item: MessageItem) => void) | undefined;
  /** Asks for the recovery words that hold. Undefined: the person leaves the question. */
  readonly askWords: () => Promise<string | undefined>;
  readonly search: (query: string) => Verdict;
  /** Shows what is pinned in a conversation. */
  readonly pins: (id: ConversationId) => void;
  /** Shows that message of a conversation. */
  readonly reveal: (id: ConversationId, key: number) => void;
  /** A link to a message as others follow it best; undefined: as every client takes it. */
  readonly linkOf?: ((link: string) => string) | undefined;
  readonly now: () => number;
  /** Shows a safety number as a QR code. */
  readonly drawNumber: (name: string, digits: string) => void;
  readonly set: (name: string | undefined, value: string | undefined) => Promise<Verdict>;
  /** `id` undefined: of all conversations. */
  readonly export: (
    path: string,
    id: ConversationId | undefined,
    format: ExportFormat,
  ) => Promise<Verdict>;
  readonly import: (path: string) => Promise<Verdict>;
  readonly path: (typed: string) => string;
  readonly leave: () => void;
}

/** Nobody reads a longer list of names. */
const maxNamed = 200;

/** The commands for the conversation that the person looks at now. */
export function screenActions(sources: ScreenCommandSources): CommandActions {
  const { model, focus, compared } = sources;
  const here = focus.conversation;
  const print = (tone: 'notice' | 'reply', text: string): void =>
    model.notify(focus.id, tone, text);
  /** Shows a group after the server has confirmed it, unless the person has gone elsewhere meanwhile. */
  const andArrive = async (done: Promise<Verdict>, group: string): Promise<Verdict> => {
    const verdict = await done;
    const isThere = focus.id === here.id && !focus.hasDraft;
    if (verdict.ok && isThere) focus.open(`#${group}`);
    return verdict;
  };
  const placed = (typed: string): ConversationId =>
    sameButCase(
      typed,
      model.conversations.map(({ id }) => id),
    );
  return {
    view: 'screen',
    here,
    compared,
    notify: print,
    person: (typed) => sameButCase(typed, model.names),
    group: (typed) => placed(`#${typed}`).slice(1),
    path: sources.path,
    say: (text) => model.say(here.id, text),
    sayTo: async (name, text) => {
      const id = model.withPerson(name);
      if (id === undefined) return err(`${name} is nobody that you can write to.`);
      focus.open(id);
      return text === '' ? ok(undefined) : model.say(id, text);
    },
    sayIn: async (group, text) => {
      const id = `#${group}`;
      if (model.conversation(id) === undefined)
        return err(`You are in no group ${group}. /join ${group} enters it.`);
      focus.open(id);
      return model.say(id, text);
    },
    sayUnencrypted: (name, text) => model.sayUnencrypted(name, text),
    createGroup: (group, wish) => andArrive(model.createGroup(group, wish), group),
    seal: (group) => model.seal(group),
    invite: (group, name) => model.invite(group, name),
    joinGroup: (group) => andArrive(model.joinGroup(group), group),
    leaveGroup: (group) => model.leaveGroup(group),
    kick: (group, name) => model.kick(group, name),
    names: async (group) => {
      await model.refreshPeople();
      const id = group === undefined ? here.id : `#${group}`;
      const asked = id === lobbyId ? lobbyGroup : id.slice(1);
      const sealed = id.startsWith('@') ? undefined : await model.sealedMembers(asked);
      print('notice', sealed ?? peopleWords(model.people(id), model.conversation(id)));
      return ok(undefined);
    },
    devices: (name) => model.devices(name),
    revokeDevice: (number, why) => model.revokeDevice(number, why),
    directory: (isAccepted) => model.directory(isAccepted),
    link: (typed) => model.link(typed),
    giveHistory: (answer) => model.giveHistory(answer),
    recovery: () => model.recovery(),
    otherRecovery: async () => {
      const typed = await sources.askWords();
      if (typed === undefined) return ok('nothing was changed');
      const done = await model.otherRecovery(typed, (text) => print('reply', text));
      if (!done.ok || done.value === undefined) return done;
      print('reply', done.value);
      return ok(undefined);
    },
    backup: (wish) => model.backup(wish),
    mute: (id, ms) => model.mute(id, ms),
    tellReading: (id, isOn) => model.tellReading(id, isOn),
    tellTyping: (isOn) => model.tellTyping(isOn),
    setRule: (id, rule) => model.setRule(id, rule),
    ignore: (name, isOn) => model.ignore(name, isOn),
    doNotDisturb: (typed) => model.doNotDisturb(typed),
    timer: (id, seconds) => model.setTimer(id, seconds),
    safetyNumber: (name) => model.safetyNumber(name),
    drawNumber: (name, digits) => {
      sources.drawNumber(name, digits);
      return ok(undefined);
    },
    markVerified: (name, digits) => model.markVerified(name, digits),
    trust: (name) => model.trust(name),
    handOver: (group, name) => model.handOver(group, name),
    govern: (group, wish) => model.govern(group, wish),
    groupInfo: (group) => model.groupInfo(group),
    listGroups: () => model.listGroups(),
    // Of a group that one is not in nothing is known.
    showGroup: (group) => {
      if (model.conversation(`#${group}`) !== undefined) sources.showGroup(group);
      else print('reply', `You are in no group ${group}. /join ${group} enters it.`);
    },
    showGroups: () => sources.showGroups(),
    block: (name, off) => model.block(name, off),
    distrust: (name) => model.distrust(name),
    sendFile: (name, path) => model.sendFile(name, path),
    sendFileToGroup: (group, path) => model.sendFileToGroup(group, path),
    files: () => {
      sources.files();
      return ok(undefined);
    },
    chooseFile: (act, number) => model.chooseFile(act, number),
    ...messageCommands({
      model,
      id: here.id,
      chosen: focus.chosen,
      print: (text) => print('reply', text),
      beginEdit: sources.beginEdit,
    }),
    ...pinActions({ model, here: here.id, chosen: focus.chosen, showPins: sources.pins }),
    ...gotoActions({
      model,
      id: here.id,
      chosen: focus.chosen,
      placed: (typed) => {
        const id = placed(typed);
        return model.conversation(id) === undefined ? undefined : id;
      },
      reveal: sources.reveal,
      print: (text) => print('reply', text),
      linkOf: sources.linkOf,
      now: sources.now,
    }),
    full: () => sources.full(),
    search: (query) => Promise.resolve(sources.search(query)),
    export: async (path, place, format) => {
      if (place === '*all') return sources.export(path, undefined, format);
      const id = place === undefined ? here.id : placed(place);
      return model.conversation(id) === undefined
        ? err(`There is no conversation ${place ?? lobbyId}.`)
        : sources.export(path, id, format);
    },
    import: sources.import,
    set: sources.set,
    help: sources.help,
    leave: sources.leave,
  };
}

function peopleWords(
  people: readonly RosterPerson[],
  place: ConversationSummary | undefined,
): string {
  if (place === undefined) return 'You are in no such group.';
  if (people.length === 0) return 'You are not in this group any more, and are not told who is.';
  const count = people.length === 1 ? '1 person' : `${people.length} people`;
  const others = people.length - maxNamed;
  const more = others > 0 ? `, and ${others} more` : '';
  return `${count}: ${people.slice(0, maxNamed).map(named).join(', ')}${more}`;
}

/** `bob`, `carol (owner, away)`. */
function named({ name, isMe, isHere, role, isVerified }: RosterPerson): string {
  return withMarks(name, {
    you: isMe,
    owner: role === 'owner',
    moderator: role === 'moderator',
    verified: isVerified,
    away: !isHere,
  });
}
