// The sealed groups of an account: puts the parts of this folder together, and has a method for each thing that a person
// asks for. Owns nothing that is stored.

import { decodeBase64url } from '../../../lib/base64url.ts';
import { equalBytes, formatHex } from '../../../lib/bytes.ts';
import { err, ok, type Err, type Result } from '../../../lib/result.ts';
import type { ExtendedEvent } from '../../../wire/extended/events.ts';
import {
  conversationGroup,
  formatPlace,
  groupAt,
  groupConversation,
  lobbyGroup,
  lobbyName,
  type Place,
} from '../../../wire/extended/names.ts';
import type { MadeCommit } from '../../encryption/group/writing.ts';
import type {
  GroupMode,
  RecordBody,
  RosterAccount,
} from '../../../wire/statements/roster-record.ts';
import type { SignedRoster } from '../../../wire/statements/roster.ts';
import type { GroupName, Username } from '../../../wire/text.ts';
import type { ClientEvent } from '../../client-event.ts';
import { GroupEngine, type GroupView } from '../../encryption/group/engine.ts';
import type { EntryMaterial } from '../../encryption/group/entry.ts';
import type { GroupPorts } from '../../encryption/group/ports.ts';
import { retryMs } from '../../encryption/group/limits.ts';
import { newMessageId } from '../../encryption/stored/outgoing.ts';
import type { PendingRequests } from '../../pending-requests.ts';
import type { RandomBytes, Timers } from '../../ports.ts';
import type { ClientStore, GroupPart, HistoryRecord } from '../../store/store-port.ts';
import { noticedIn, type Conversation, type Conversations } from '../conversations.ts';
import type { Outbox, OutboxEntry, SendFailure } from '../outbox/outbox.ts';
import type { DirectReader } from '../inbox/direct-reader.ts';
import type { StoreWriter } from '../store-writer.ts';
import { noticeWords } from '../../wording/group-notice-words.ts';
import { maxJoinTries } from '../limits.ts';
import { maxSealedMembers } from '../../../wire/statements/roster.ts';
import { ownersOf } from '../../../wire/statements/roster-roles.ts';
import type { ChainFailure, PeerChain } from '../account-chains.ts';
import type { OwnChannel } from '../own/own-channel.ts';
import { GroupPost } from './group-post.ts';
import { GroupReader, type GroupReaderPorts } from './group-reader.ts';
import { GroupSteps } from './group-steps.ts';
import { PrivateRooms } from './private-rooms.ts';

export interface SealedGroupsPorts {
  readonly groups: GroupPorts;
  readonly parts: readonly GroupPart[];
  readonly conversations: Conversations;
  readonly store: ClientStore;
  /** Made after this. */
  readonly outbox: () => Outbox;
  readonly writer: StoreWriter;
  readonly timers: Timers;
  readonly random: RandomBytes;
  readonly work: (task: () => Promise<void>) => void;
  readonly messageOf: (entry: OutboxEntry) => HistoryRecord;
  readonly refused: (entry: OutboxEntry, failure: SendFailure) => void;
  readonly isBehind: (conversation: Conversation) => boolean;
  /** A room has another state than before. */
  readonly changed?: ((conversation: Conversation) => void) | undefined;
  /** The person takes part in the open group that has the name of a sealed one. */
  readonly opened: (conversation: Conversation) => Promise<void>;
  /** The key that somebody is known by, in base64url. */
  readonly knownDevice: (user: Username) => Promise<string | undefined>;
  readonly chainOf: (user: Username) => Promise<Result<PeerChain, ChainFailure>>;
  /** What is said by the other one of a private conversation. Made after this. */
  readonly direct: () => DirectReader | undefined;
  /** What the devices of this account say to each other. Made after this. */
  readonly own: () => OwnChannel | undefined;
  /** Something for `user` may be ready to be sealed. */
  readonly postPrivate: (user: Username) => void;
  /** Texts for `user` wait for the person's word about a key. */
  readonly heldFor: (user: Username) => void;
  readonly hold: (conversation: Conversation) => void;
  readonly release: (conversation: Conversation) => void;
  /** Whether nothing is to be sealed before the person has decided about the server. */
  readonly isHeld?: (() => Promise<boolean>) | undefined;
  /** A text of this account was sealed there. */
  readonly said?: ((conversation: Conversation) => void) | undefined;
  /** Somebody has said which list of devices they were shown. */
  readonly headHeard?: GroupReaderPorts['headHeard'];
  readonly deviceIn?: GroupReaderPorts['deviceIn'];
  readonly timerTold?: GroupReaderPorts['timerTold'];
  readonly emit: (event: ClientEvent) => void;
}

/** Why something about a sealed group was not done, with words for people. */
export interface SealedRefusal {
  readonly code: string;
  readonly text: string;
  /** When a retry may work, in milliseconds from now. */
  readonly retryMs?: number | undefined;
}

type Done = Result<undefined, SealedRefusal>;

const noConnection = refusal('not-open', 'there is no connection to the server');
const notReady = refusal(
  'not-ready',
  'this device is not in that group yet: try again in a moment',
);
const noSuchMember = refusal('no-such-member', 'that person is not in that group');
const cannotSeal = refusal('cannot-seal', 'that group cannot be sealed from here');

export class SealedGroups {
  readonly engine: GroupEngine;
  readonly reader: GroupReader;
  readonly rooms: PrivateRooms;
  readonly #ports: SealedGroupsPorts;
  readonly #post: GroupPost;
  readonly #steps: GroupSteps;
  /** Commits that somebody waits for, by their entries of the outbox. */
  readonly #asked = new Map<string, (done: Done) => void>();
  #requests: PendingRequests | undefined;
  #isToldKeptOut = false;

  constructor(ports: SealedGroupsPorts) {
    this.#ports = ports;
    const { outbox, writer, timers, random, work, groups, store } = ports;
    const engine = new GroupEngine(groups, ports.parts);
    this.engine = engine;
    this.#post = new GroupPost({
      engine,
      outbox,
      writer,
      isOnline: () => this.#requests !== undefined,
      work,
      messageOf: ports.messageOf,
      postPrivate: ports.postPrivate,
      knownDevice: ports.knownDevice,
      refused: ports.refused,
      isHeld: ports.isHeld,
      said: ports.said,
      removeFirst: (conversation) => this.#steps.consider(conversation, true),
      held: (conversation, users) => this.#held(conversation, users),
    });
    this.#steps = new GroupSteps({
      engine,
      outbox,
      writer,
      timers,
      random,
      work,
      isBehind: ports.isBehind,
      hold: ports.hold,
      release: ports.release,
      notice: (conversation, notice) => {
        const { place } = conversation;
        const text = noticeWords(conversation, notice);
        if (text !== undefined) this.#notice(place, text);
      },
      misfit: ({ place }, why) => {
        if (place.kind !== 'direct') this.#notice(place, `this device cannot enter: ${why}`);
      },
      post: (conversation) => this.#post.post(conversation),
    });
    this.reader = new GroupReader({
      me: groups.me,
      engine,
      store,
      trusts: groups.trusts,
      outbox,
      direct: ports.direct,
      own: ports.own,
      unsealed: (conversation) => {
        this.rooms.unsealed(conversation);
        this.#post.post(conversation);
      },
      headHeard: ports.headHeard,
      deviceIn: ports.deviceIn,
      timerTold: ports.timerTold,
      changed: (conversation) => {
        this.#steps.consider(conversation);
        this.#tellMembers(conversation);
      },
      committed: (conversation, localId, wantsTree) => {
        this.#steps.committed(conversation, wantsTree);
        this.#tellMembers(conversation);
        this.#answer(localId, ok(undefined));
      },
      stepRefused: (conversation, localId, failure) => {
        this.#steps.refused(conversation, failure);
        this.#tellKeptOut(conversation, failure);
        const { code, retryMs } = failure;
        this.#answer(localId, err({ code, text: refusalText(failure), retryMs }));
      },
    });
    this.rooms = new PrivateRooms({
      engine,
      now: groups.now,
      chainOf: ports.chainOf,
      found: (person) => this.#foundRoom(person),
      admit: (person) => this.#admitToRoom(person),
      seal: (conversation) => this.#post.seal(conversation),
      reach: (user) => this.#reach({ kind: 'direct', user }),
      find: (conversation) => this.#findRoom(conversation),
      post: (conversation) => this.#post.post(conversation),
    });
    for (const conversation of ports.conversations.all) {
      conversation.isSealed = conversation.peer === undefined && this.#isHere(conversation);
    }
  }

  /** Whether what is said there is sealed for a group. */
  isSealed(place: Place): boolean {
    const group = groupAt(place);
    if (group === undefined) return false;
    const name = groupConversation(group);
    // Nothing is said in the open in a lobby that is about to be sealed.
    return this.engine.isSealed(name) || this.#ports.conversations.get(name)?.isToBeSealed === true;
  }

  isSealedGroup(group: GroupName): boolean {
    return this.#isHere({ name: groupConversation(group) });
  }

  #isHere({ name }: Pick<Conversation, 'name'>): boolean {
    return this.engine.isSealed(name) && !this.engine.isReplaced(name);
  }

  /**
   * The person wants to be in an open group, by a command of their own. Whether they are in one that has the name of a
   * group that was sealed: then they take part in it from here on.
   */
  async wantOpen(group: GroupName): Promise<boolean> {
    const conversation = this.#reach(placeOf(group));
    if (conversation === undefined || !this.reader.wantOpen(conversation)) return false;
    await this.#ports.opened(conversation);
    return conversation.isIn;
  }

  login(requests: PendingRequests): void {
    this.#requests = requests;
    this.#steps.login(requests);
  }

  logout(): void {
    this.#requests = undefined;
    this.#steps.logout();
    this.reader.logout();
    this.rooms.logout();
    // It may be done all the same: the outbox goes on with it.
    for (const localId of this.#asked.keys()) this.#answer(localId, noConnection);
  }

  /** Whether an event is a part of an answer, and nothing else. */
  receive(event: ExtendedEvent): boolean {
    return this.#steps.receive(event);
  }

  /** All that was missed of a conversation is processed. */
  takenAll(conversation: Conversation): void {
    if (this.#isHere(conversation)) this.#steps.consider(conversation);
  }

  /** A text for a group waits to be sealed. */
  drafted(place: Place): void {
    const conversation = this.#reach(place);
    if (conversation !== undefined) this.#post.post(conversation);
  }

  /** A message was refused because the group has gone on to the commit `last`, or is sealed by now. */
  stale({ place, record }: OutboxEntry, last: number): void {
    const conversation = this.#reach(place);
    if (conversation === undefined) return;
    if (place.kind === 'direct' && record.group === undefined) this.rooms.mustUse(conversation);
    // Made with more of the log than the server has.
    const isAhead = record.group?.kind === 'message' && record.group.seen > last;
    if (isAhead && last > 0) this.#putBack(conversation, last);
    this.engine.isBehind(conversation.name, last, conversation.cursor);
    this.#steps.consider(conversation, true);
  }

  /**
   * A server that was put back does not know that this account is in a group, which it does know: the account enters
   * again, if it may.
   */
  forgotten(conversation: Conversation): void {
    const { place } = conversation;
    if (place.kind !== 'group') return;
    this.#putBack(conversation, 0);
    this.#ports.work(async () => {
      const view = await this.engine.view(conversation.name);
      if (view?.phase === 'entering') void this.#enterAgain(place.group);
    });
  }

  async #enterAgain(group: GroupName): Promise<void> {
    const done = await this.join(group);
    // Told as lost, or tried again at the next login.
    if (done === 'not-sealed' || (!done.ok && done.error.code === 'not-open')) return;
    const fate = done.ok ? 'it has entered again' : `it cannot enter again: ${done.error.text}`;
    const text = `the server was put back to before this account came into the group: ${fate}`;
    this.#notice({ kind: 'group', group }, text);
  }

  /** The server's log is the one of before up to `common` only. */
  #putBack(conversation: Conversation, common: number): void {
    this.#ports.work(async () => {
      await this.#ports.writer.write(await this.engine.putBack(conversation.name, common));
    });
  }

  /**
   * There may be something to do in each: this account has other devices than before, and one that was revoked is to be
   * removed; somebody else has revoked one, and the first of the members who comes to it removes it; or this device has to
   * enter anew.
   */
  considerAll(isUrgent = false): void {
    for (const conversation of this.#ports.conversations.all) {
      if (this.#isHere(conversation)) this.#steps.consider(conversation, isUrgent);
    }
  }

  /** Who is in a sealed group, a room or the lobby with this account. */
  async members(): Promise<readonly Username[]> {
    const names = new Set<Username>();
    for (const conversation of this.#ports.conversations.all) {
      if (!this.#isHere(conversation)) continue;
      const roster = await this.engine.roster(conversation.name);
      for (const { name } of roster?.members ?? []) names.add(name);
    }
    return [...names];
  }

  /** The person has decided about somebody's key. */
  decided(): void {
    this.engine.decided();
    for (const conversation of this.#ports.conversations.all) {
      if (this.#isHere(conversation)) this.#post.post(conversation);
    }
  }

  /** Where the server's lobby is to be sealed and nobody has done that yet, this device does. */
  async foundLobby(): Promise<void> {
    const requests = this.#requests;
    const isWanted = () => this.#ports.conversations.get(lobbyName)?.isToBeSealed === true;
    if (requests === undefined || !isWanted()) return;
    const done = await this.found(lobbyGroup, 'open');
    // Another device may have been first: then the server says so, and this one enters.
    if (done.ok || done.error.code === 'place-taken') return;
    await this.#pause(done.error.retryMs ?? retryMs);
    // A later login does the same by itself.
    if (this.#requests === requests) return this.foundLobby();
  }

  /** Makes a group that is sealed, or seals an open one. Resolves when the log holds it. */
  found(group: GroupName, mode: GroupMode): Promise<Done> {
    return this.#commit(placeOf(group), async (conversation, localId) => {
      const { engine } = this;
      const made = await engine.found(conversation.name, group, mode, localId);
      if (made === undefined) return cannotSeal;
      conversation.isSealed = true;
      return ok(made);
    });
  }

  /** Founds the room of a private conversation, unless it has one: `person` may enter it, and nobody else. */
  #foundRoom(person: RosterAccount): Promise<Done> {
    return this.#foundFor(person.name, [person]);
  }

  /** Founds the room for the account's own devices, unless it has one. */
  foundOwn(): Promise<Done> {
    return this.#foundFor(this.#ports.groups.me, []);
  }

  #foundFor(user: Username, people: readonly RosterAccount[]): Promise<Done> {
    return this.#commit({ kind: 'direct', user }, async ({ name }, localId) => {
      if (this.#isHere({ name })) return cannotSeal;
      const group = conversationGroup(name);
      const made = await this.engine.found(name, group, 'invite', localId, people);
      return made === undefined ? cannotSeal : ok(made);
    });
  }

  /** Takes note of the room that the server has for a private conversation. False: it has none, or gives no answer. */
  async #findRoom(conversation: Conversation): Promise<boolean> {
    const { name, place } = conversation;
    const told = await this.#requests?.asking('GROUP', { in: formatPlace(place) });
    const groupId = told?.ok === true ? decodeBase64url(told.value.groupId) : undefined;
    if (groupId === undefined) {
      // A server that says both would be asked without end.
      await this.#pause(retryMs);
      return false;
    }
    await this.#free(async () => {
      if (this.engine.isSealed(name)) return;
      await this.#ports.writer.write(await this.engine.describe(name, formatHex(groupId)));
    });
    this.#steps.consider(conversation, true);
    return true;
  }

  /** Lets an account into the room of a private conversation that it is neither in nor let in: its device was reset. */
  async #admitToRoom(person: RosterAccount): Promise<void> {
    const place = { kind: 'direct', user: person.name } as const;
    const name = this.#ports.conversations.nameOf(place);
    const record = await this.#free(async () => {
      const roster = await this.engine.roster(name);
      const known = [...(roster?.members ?? []), ...(roster?.admitted ?? [])];
      const isKnown = known.some(({ root16 }) => equalBytes(root16, person.root16));
      return isKnown ? undefined : this.engine.record(name, { kind: 'admit', people: [person] });
    });
    if (record === undefined) return;
    // Where it is refused, the next text tries again later.
    const fields = { in: formatPlace(place), user: person.name, records: [record] };
    await this.#requests?.asking('INVITE', fields);
  }

  /**
   * Enters a group. `not-sealed`: there is no sealed group of that name, or none for this account. Others may enter at the
   * same moment: the server gives out turns.
   */
  async join(group: GroupName): Promise<Done | 'not-sealed'> {
    const requests = this.#requests;
    const place = placeOf(group);
    if (requests === undefined) return noConnection;
    let trees: readonly number[] = [];
    for (let tries = 0; tries < maxJoinTries; tries++) {
      const told = await requests.asking('GROUP', { in: formatPlace(place) });
      if (!told.ok) {
        const { code } = told.error;
        if (code === 'gone') return noConnection;
        const isOther = code === 'not-sealed' || code === 'no-such-place';
        return isOther ? 'not-sealed' : refusal(code, told.error.text);
      }
      const groupId = decodeBase64url(told.value.groupId);
      const conversation = this.#reach(place);
      // Another entry would look to the others as if this device had lost its keys.
      if (groupId && conversation && (await this.#isIn(conversation, formatHex(groupId)))) {
        return ok(undefined);
      }
      const [at, ...rest] = trees;
      const fetched = conversation && (await this.#steps.fetch(requests, conversation, at));
      if (groupId === undefined || conversation === undefined || fetched === undefined) {
        return notReady;
      }
      if (at !== undefined) this.#steps.willLeaveTree(conversation);
      const done = await this.#enter(group, formatHex(groupId), fetched.material);
      const others = at === undefined ? fetched.otherTrees : rest;
      if (!done.ok && done.error.code === 'misfit' && others.length > 0) {
        trees = others;
        continue;
      }
      if (done.ok || done.error.code !== 'stale') return done;
      await this.#pause(done.error.retryMs ?? 0);
    }
    return notReady;
  }

  #isIn({ name, isIn }: Conversation, groupId: string): Promise<boolean> {
    return this.#free(async () => isIn && this.engine.isIn(name, groupId));
  }

  #enter(group: GroupName, groupId: string, material: EntryMaterial): Promise<Done> {
    return this.#commit(placeOf(group), async (conversation, localId) => {
      const { name } = conversation;
      await this.#ports.writer.write(await this.engine.describe(name, groupId));
      conversation.isSealed = true;
      const made = await this.engine.enter(name, material, localId);
      if (made.ok) return made;
      return made.error === 'not-let-in'
        ? refusal('not-admitted', 'you may not enter that group')
        : refusal('misfit', `this device cannot enter that group: ${made.error.misfit}`);
    });
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#ports.timers.after(ms, resolve));
  }

  /** Puts somebody out, for good: signed, and removed from the tree with the same commit. */
  kick(group: GroupName, user: Username): Promise<Done> {
    return this.#commit(placeOf(group), async ({ name }, localId) => {
      const root16 = rootOf(await this.engine.roster(name), user);
      if (root16 === undefined) return noSuchMember;
      const record = await this.engine.record(name, { kind: 'out', root16, word: 'ban' });
      const made = record && (await this.engine.remove(name, [record], localId));
      return made ? ok(made) : notReady;
    });
  }

  /** A record that makes `user` an owner in this account's place; undefined where this device can sign none. */
  adminsRecord(group: GroupName, user: Username): Promise<string | undefined> {
    const name = groupConversation(group);
    return this.#free(async () => {
      const roster = await this.engine.roster(name);
      const root16 = rootOf(roster, user);
      if (roster === undefined || root16 === undefined) return undefined;
      // Whoever else owns the group keeps it.
      const others = ownersOf(roster).filter(
        (one) => one.name !== this.#ports.groups.me && one.name !== user,
      );
      const admins = [...others.map((one) => one.root16), root16];
      return this.engine.record(name, { kind: 'admins', admins });
    });
  }

  /** A record that lets the account of `root16` in. */
  admitRecord(group: GroupName, person: RosterAccount): Promise<string | undefined> {
    return this.sign(group, { kind: 'admit', people: [person] });
  }

  /** A record of this device; undefined where it can sign none. */
  sign(group: GroupName, body: RecordBody): Promise<string | undefined> {
    return this.#free(() => this.engine.record(groupConversation(group), body));
  }

  /** Who may be in a group, and as what, when what is being done is done. */
  roster(group: GroupName): Promise<SignedRoster | undefined> {
    return this.#free(() => this.engine.roster(groupConversation(group)));
  }

  view(group: GroupName): Promise<GroupView | undefined> {
    return this.#free(() => this.engine.view(groupConversation(group)));
  }

  /** Makes a commit where the engine is free, and waits for its fate. */
  async #commit(
    place: Place,
    make: (
      conversation: Conversation,
      localId: string,
    ) => Promise<Result<MadeCommit, SealedRefusal>>,
  ): Promise<Done> {
    const { outbox, random } = this.#ports;
    const conversation = this.#reach(place);
    if (this.#requests === undefined) return noConnection;
    if (conversation === undefined) return notReady;
    const localId = newMessageId(random);
    const done = new Promise<Done>((resolve) => this.#asked.set(localId, resolve));
    await this.#free(async () => {
      // Right after a login its numbers come in their turn.
      const made = outbox().book.isCounting ? await make(conversation, localId) : noConnection;
      if (made.ok) await this.#steps.send(conversation, made.value, localId);
      else this.#answer(localId, made);
    });
    return done;
  }

  #answer(localId: string, done: Done): void {
    this.#asked.get(localId)?.(done);
    this.#asked.delete(localId);
  }

  /** Carries out `act` when the engine is free. */
  #free<T>(act: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#ports.work(() => act().then(resolve, reject));
    });
  }

  /** Somebody may have come into the tree, or is out of it. */
  #tellMembers(conversation: Conversation): void {
    const { place, isOwn } = conversation;
    this.#ports.changed?.(conversation);
    const group = groupAt(place);
    if (group !== undefined) this.#ports.emit({ type: 'members', group });
    if (isOwn) this.#ports.own()?.changed();
  }

  /** Nobody has asked to enter the lobby, so nobody else is told why that is not possible. */
  #tellKeptOut({ place }: Conversation, { code, text }: SendFailure): void {
    if (place.kind !== 'lobby' || this.#isToldKeptOut) return;
    if (code !== 'group-full' && code !== 'not-admitted') return;
    this.#isToldKeptOut = true;
    const full = `the lobby has as many people as a sealed one can have (${maxSealedMembers}): you are not in it, and cannot read it`;
    this.#notice(place, code === 'group-full' ? full : `you are not let into the lobby: ${text}`);
  }

  #reach(place: Place): Conversation | undefined {
    const { conversations } = this.#ports;
    return conversations.reach(conversations.nameOf(place));
  }

  #held(conversation: Conversation, users: readonly string[]): void {
    const { peer } = conversation;
    if (peer !== undefined) {
      this.#ports.heldFor(peer);
      return;
    }
    const names = users.map((user) => `@${user}`).join(', ');
    const text = `the key that you know of ${names} is not the one in this group: what you say here waits until you take it (/trust) or they are put out`;
    this.#notice(conversation.place, text);
  }

  #notice(place: Place, text: string): void {
    this.#ports.emit({ type: 'group-notice', text, ...noticedIn(place) });
  }
}

function placeOf(group: GroupName): Place {
  return group === lobbyGroup ? { kind: 'lobby' } : { kind: 'group', group };
}

/** Who is in, by name. */
function rootOf(roster: SignedRoster | undefined, user: Username): Uint8Array | undefined {
  return roster?.members.find(({ name }) => name === user)?.root16;
}

function refusal(code: string, text: string): Err<SealedRefusal> {
  return err({ code, text });
}

function refusalText({ text, people }: SendFailure): string {
  return people === undefined ? text : `${text}: ${people.join(', ')}`;
}
