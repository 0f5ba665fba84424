// An account on one client, over all its connections: what it has sent, what it has yet to receive, its keys, and the
// model that views draw. Puts the parts of this folder together and owns nothing else; chat-client.ts has the
// connections and version 1.
//
// Everything from and to the server passes through one queue, because encryption allows one step at a time. Each step
// is on the disk before any of it is emitted or sent. If the disk fails, the client ends (`failed`): the disk is
// consistent, and the next start continues from there. Long because it puts ten parts together, and has a method for
// each request of a view.

import { encodeBase64url } from '../../lib/base64url.ts';
import { equalBytes, formatHex } from '../../lib/bytes.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { ExtendedEvent, ExtendedEventOf } from '../../wire/extended/events.ts';
import {
  formatMessageId,
  formatPlace,
  groupConversation,
  parseConversation,
  parsePlace,
  type ConversationName,
  type Place,
} from '../../wire/extended/names.ts';
import { formatRequest } from '../../wire/extended/requests.ts';
import { success } from '../../wire/replies.ts';
import type { GroupName, Username } from '../../wire/text.ts';
import type { Blobs } from '../blobs/blobs.ts';
import { ServerBlobs } from '../blobs/server-blobs.ts';
import { refuseCommand, type CommandRefusal } from '../command-refusal.ts';
import type { KeptHere } from '../login/account-login.ts';
import type { Mention } from '../amending/said-content.ts';
import type { OwnAmendment, OwnContent } from '../client-event.ts';
import {
  isMessage,
  type FileContent,
  type FileNoteContent,
  type HeadContent,
  type SpokenContent,
} from '../content.ts';
import type { ListedDevice } from '../encryption/trust/devices.ts';
import { DirectEngine, newMessageId } from '../encryption/stored/engine.ts';
import { PendingRequests, type RequestAnswer, type RequestFailure } from '../pending-requests.ts';
import type {
  ClientChange,
  HistoryQuery,
  HistoryRecord,
  PlacedRecord,
  HistoryRange,
} from '../store/store-port.ts';
import { isSignedBy } from '../../e2ee/device-signature.ts';
import { isDeviceOf } from '../../wire/statements/account-chain.ts';
import { mayDo } from '../../wire/groups/rights.ts';
import { roleOfNamed } from '../../wire/statements/roster-roles.ts';
import { Governance } from '../governing/governance.ts';
import { mentionsOf } from '../amending/mentions.ts';
import { HistoryTransfer } from '../history/history-transfer.ts';
import { DeviceLinking } from '../linking/device-linking.ts';
import { OwnRecovery } from '../recovery/own-recovery.ts';
import { invariant } from '../../lib/invariant.ts';
import type { HistoryBlock } from '../history/history-export.ts';
import { Vault } from '../vault/vault.ts';
import { AccountChains } from './account-chains.ts';
import { Copies } from './copies.ts';
import { AccountDirectory } from './directory/account-directory.ts';
import { Expiry } from '../expiring/expiry.ts';
import { TimerTelling } from '../expiring/timer-telling.ts';
import type { ToldTimerContent } from '../expiring/told-timer.ts';
import { LostAmendments } from './inbox/lost-amendments.ts';
import { plainSentence } from '../wording/amending-words.ts';
import { Erasures } from './erasures.ts';
import { AccountKeptFiles } from './account-kept-files.ts';
import type { AccountPorts } from './account-ports.ts';
import { IncomingMessages } from './inbox/incoming-messages.ts';
import { Roster } from './roster.ts';
import { SealedGroups } from './groups/sealed-groups.ts';
import { Conversations, type Conversation, type ConversationView } from './conversations.ts';
import { DirectPost } from './outbox/direct-post.ts';
import { DirectReader } from './inbox/direct-reader.ts';
import { HistoryFetch, wholeFrom, type Filled } from './inbox/history-fetch.ts';
import { Inbox } from './inbox/inbox.ts';
import { KeyPackageStock } from './key-package-stock.ts';
import { afterSteadyTime, steadyMs } from '../connection/steady-time.ts';
import { outboxMark, stockLow, tidyEveryMs } from './limits.ts';
import { Outbox, type OutboxEntry } from './outbox/outbox.ts';
import { amendmentOf, ownOf } from './outbox/own-entries.ts';
import { OwnMessages } from './outbox/own-messages.ts';
import { OwnChannel } from './own/own-channel.ts';
import { FileImport } from '../export/file-import.ts';
import { OwnHistory } from './own/own-history.ts';
import type { JsonValue } from './own/own-note.ts';
import { AccountSignals } from '../signals/account-signals.ts';
import { Quiet } from './own/quiet/quiet.ts';
import { countUnread } from './unread-count.ts';
import { SharedDrafts } from './own/shared-drafts.ts';
import { OwnState } from './own/own-state.ts';
import { ReadMarks } from './own/read-marks.ts';
import { SharedKeys } from './own/shared-keys.ts';
import { Receipts } from './inbox/receipts.ts';
import { Restoration } from './inbox/restoration.ts';
import { isNewStore } from './inbox/restored.ts';
import { whereIs } from './inbox/new-epoch.ts';
import { AccountQueue } from './account-queue.ts';

/** One login. */
interface Login {
  readonly requests: PendingRequests;
  readonly write: (line: string) => void;
}

/** What the devices of the account have in common. */
interface Shared {
  readonly readMarks: ReadMarks;
  readonly keys: SharedKeys;
  readonly state: OwnState;
}

/** What exists if private conversations are for this connection. */
interface Private {
  readonly engine: DirectEngine;
  readonly post: DirectPost;
  readonly stock: KeyPackageStock;
  readonly restoration: Restoration;
}

export class AccountSync {
  /** Who is online, and who is in which group. */
  readonly roster: Roster;
  /** Undefined where private conversations are for another connection. */
  readonly chains: AccountChains | undefined;
  /** Takes new devices into the account; undefined where this client has no chain, or no ciphers for it. */
  readonly linking: DeviceLinking | undefined;
  /** Backs up the history. With linking only. */
  readonly vault: Vault | undefined;
  /** What the server says of devices, compared; undefined where this client does not. */
  readonly directory: AccountDirectory | undefined;
  /** Makes recovery words. With linking only. */
  readonly recovery: OwnRecovery | undefined;
  /** What the devices of this account say to each other; undefined where this client has no chain. */
  readonly own: OwnChannel | undefined;
  /** Roles, bans and rules of groups. */
  readonly governance: Governance;
  /** Who is writing, and who has read how far. */
  readonly signals: AccountSignals;
  /** What the person does not want to hear or see. */
  readonly quiet: Quiet;
  /** Messages that disappear. */
  readonly expiry: Expiry;
  /** What the person has begun to write, on any device. */
  readonly drafts: SharedDrafts;
  /** The history of this device for others of the account, and theirs for this one. */
  readonly ownHistory: OwnHistory;
  readonly fileImport: FileImport;
  /** Undefined where `own` is. */
  readonly historyTransfer: HistoryTransfer | undefined;
  readonly #ports: AccountPorts;
  readonly #shared: Shared | undefined;
  readonly #bench: AccountQueue;
  readonly #conversations: Conversations;
  readonly #own: OwnMessages;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #incoming: IncomingMessages;
  readonly #erasures: Erasures;
  readonly #telling: TimerTelling;
  readonly #lostAmendments: LostAmendments;
  readonly #receipts: Receipts;
  readonly #earlier: HistoryFetch;
  readonly #private: Private | undefined;
  readonly #groups: SealedGroups | undefined;
  /** Undefined where `#private` is. */
  readonly #copies: Copies | undefined;
  /** Names that are known to have an account. */
  readonly #accounts = new Set<Username>();
  #login: Login | undefined;
  /** Of the login, where its server keeps some. */
  #blobs: ServerBlobs | undefined;
  /** Whether another program that uses a copy of this store is connected. */
  #isTwinHere = true;
  /** Whether the sessions that both have are left already. */
  #isSpent = false;
  /** The stream that this login asked about. */
  #asked: string | undefined;
  /** Groups that this client is ending, in small letters. */
  readonly #ending = new Set<string>();
  /** Conversations that the server cannot read, reported once in this login. */
  readonly #toldFailed = new Set<Conversation>();
  /** Cancels the deletion of unused keys, which waits from the catch-up until the connection ends. */
  #cancelTidying: (() => void) | undefined;
  #waiting: (() => void)[] = [];

  constructor(ports: AccountPorts) {
    const { direct, keeping, me, now, random, timers } = ports;
    const { records, store } = keeping;
    this.#ports = ports;
    const { sha256 } = ports;
    this.chains =
      direct &&
      sha256 &&
      new AccountChains({
        ...direct,
        sha256,
        timers,
        news: (news) => ports.emit({ type: 'own-devices', news }),
        directory: () => this.directory,
        revokes: {
          values: records.values,
          write: (change) => this.#write(change),
          heard: () => this.#groups?.considerAll(),
        },
        explained: (user) => this.#goesOn(user),
        changed: () => {
          this.#groups?.considerAll(true);
          this.own?.look();
          ports.emit({ type: 'conversations' });
        },
        confirmed: () => this.#groups?.considerAll(),
      });
    this.directory = this.#openDirectory();
    this.linking = this.#openLinking();
    this.recovery = this.#openRecovery();
    this.roster = new Roster({ me, timers, random, emit: ports.emit });
    this.#bench = new AccountQueue(store, ports.failed);
    const { add: work, writer } = this.#bench;
    const engine = direct && new DirectEngine(direct, records);
    this.#conversations = new Conversations(me, records.conversations, keeping.startsNow, (name) =>
      this.quiet.isIgnored(name),
    );
    this.#receipts = new Receipts({
      timers,
      writeSeen: (conversations) =>
        void this.#inbox.enqueue(
          conversations.map((conversation) => ({ kind: 'seen', conversation })),
        ),
      seen: (conversation) => {
        this.#shared?.readMarks.moved(conversation);
        this.signals.moved(conversation);
      },
      got: ({ place }, seq) =>
        this.#login?.write(formatRequest('GOT', { in: formatPlace(place), seq })),
    });
    const failed = this.#serverFailed;
    this.#groups =
      direct &&
      this.chains &&
      new SealedGroups({
        groups: { ...direct, ...this.chains.forGroups, me },
        parts: records.groupParts,
        conversations: this.#conversations,
        store,
        outbox: () => this.#outbox,
        writer,
        timers,
        random,
        work,
        messageOf: (entry) => this.#own.messageOf(entry),
        refused: (entry, failure) => this.#own.refused(entry, failure),
        isBehind: (conversation) => this.#incoming.isBehind(conversation),
        chainOf: async (user) => (await this.chains?.of(user)) ?? err('gone'),
        knownDevice: async (user) => engine?.knownDevice(user),
        direct: () => reader,
        own: () => this.own,
        postPrivate: (user) => this.#private?.post.post(user),
        heldFor: (user) => this.#private?.post.held(user),
        isHeld: () => this.#isServerHeld(),
        said: (conversation) => this.#tellHead(conversation),
        deviceIn: (conversation) => this.#telling.entered(conversation),
        timerTold: (conversation, timer, batch) => this.#telling.told(conversation, timer, batch),
        headHeard: ({ head, sender: { identity, key } }) =>
          this.directory?.heard(identity.name, key, head),
        changed: (conversation) => this.signals.changed(conversation),
        opened: (conversation) => this.#inbox.enqueue([{ kind: 'opened', conversation }]),
        hold: (conversation) => this.#incoming.hold(conversation),
        release: (conversation) => this.#incoming.release(conversation),
        emit: ports.emit,
      });
    const groups = this.#groups;
    this.#earlier = new HistoryFetch({
      enqueue: (page) => void this.#inbox.enqueue([page]),
      store,
      failed,
    });
    this.#own = new OwnMessages({
      me,
      now,
      conversations: this.#conversations,
      engine,
      enqueue: (item) => void this.#inbox.enqueue([item]),
      line: (line) => this.#incoming.said(line),
      idOf: (entry) => {
        const id = this.#outbox.book.idOf(entry);
        return id && formatMessageId(id);
      },
      isBehind: (conversation) => this.#incoming.isBehind(conversation),
      work,
    });
    this.#outbox = new Outbox(
      {
        writer,
        random,
        timers,
        stored: (entry, answer) => this.#own.stored(entry, answer),
        refused: (entry, failure) => this.#own.refused(entry, failure),
        deviceChanged: (entry) => this.#own.deviceChanged(entry),
        twin: (leave) => this.#twinFound(leave),
        alone: (act) => new Promise((resolve, reject) => work(() => act().then(resolve, reject))),
        drafted: (user) =>
          user === me ? groups?.drafted({ kind: 'direct', user }) : this.#private?.post.post(user),
        draftedIn: (place) => groups?.drafted(place),
        stale: (entry, last) => groups?.stale(entry, last),
        moved: () => this.#moved(),
      },
      records,
      parsePlace,
      (place) => groups?.isSealed(place) === true,
    );
    this.own = this.#openOwn();
    this.governance = new Governance({
      requests: () => this.#login?.requests,
      me: async () => (await this.chains?.own.get())?.chain.root16,
      isSealed: (group) => groups?.isSealed({ kind: 'group', group }) === true,
      roster: async (group) => {
        await this.#processed();
        return groups?.roster(group);
      },
      sign: async (group, body) => {
        await this.#processed();
        return groups?.sign(group, body);
      },
      sealedGroups: () =>
        this.#conversations.all.flatMap(({ place, isIn, isSealed }) =>
          place.kind === 'group' && isIn && isSealed ? place.group : [],
        ),
      now,
      timers,
      random,
    });
    this.quiet = new Quiet({
      me,
      own: this.own,
      values: records.values,
      write: (change) => this.#write(change),
      now,
      timers,
      emit: ports.emit,
      isAccount: (user) => this.roster.people.get(user)?.guest !== true,
      rootOf: async (user) => {
        const chain = await this.chains?.of(user);
        return chain?.ok === true ? formatHex(chain.value.root16) : undefined;
      },
      ignoredChanged: () => this.#countAnew(),
    });
    this.signals = this.#openSignals();
    this.drafts = new SharedDrafts({
      own: this.own,
      values: records.values,
      write: (changes) => writer.write(changes),
      now,
      timers,
      isAlone: () => (this.chains?.own.latest?.chain.devices.length ?? 2) < 2,
    });
    this.expiry = new Expiry({
      me,
      values: records.values,
      store,
      conversations: this.#conversations,
      waiting: () => this.#outbox.book.entries,
      write: (changes) => writer.write(changes),
      work,
      now,
      timers,
      emit: ports.emit,
    });
    this.#telling = new TimerTelling({
      expiry: this.expiry,
      isAdmin: (conversation) => this.#isAdmin(conversation, me),
      tell: (place, content) => void this.#draft(place, newMessageId(random), content),
      timers,
      random,
    });
    this.#shared = engine && this.#openShared(engine);
    const reader =
      engine &&
      new DirectReader({
        me,
        now,
        engine,
        outbox: this.#outbox,
        store,
        random,
        isSibling: async (device) => (await this.chains?.own.isSibling(device)) === true,
      });
    this.#erasures = new Erasures({
      values: records.values,
      write: (changes) => writer.write(changes),
    });
    this.#lostAmendments = new LostAmendments({
      me,
      values: records.values,
      store,
      conversations: this.#conversations,
      write: (change) => writer.write([change]),
      say: (place, content, from) => this.say(place, content, plainSentence(content, from)).ok,
    });
    this.#inbox = new Inbox({
      me,
      now,
      timers,
      engine,
      store,
      groups: groups?.reader,
      reader,
      outbox: this.#outbox,
      writer,
      receipts: this.#receipts,
      work,
      erasures: this.#erasures,
      lostAmendments: this.#lostAmendments,
      expiry: this.expiry,
      isAdmin: (conversation, user) => this.#isAdmin(conversation, user),
      sha256,
      messageOf: this.#own.messageOf,
      emit: ports.emit,
      note: ports.note,
      willBeSaid: ports.willBeSaid,
      full: ports.full,
    });
    this.#incoming = new IncomingMessages({
      me,
      runs: records.runs,
      timers,
      conversations: this.#conversations,
      inbox: this.#inbox,
      receipts: this.#receipts,
      earlier: this.#earlier,
      takesPrivate: engine !== undefined,
      isSealed: groups && ((name) => groups.engine.isSealed(name)),
      forgotten: (conversation) => groups?.forgotten(conversation),
      foundAccount: (user) => void this.#accounts.add(user),
      // Key packages that the server has given out are in its stock again.
      putBack: () => this.#private?.stock.replace(),
      failed,
      takenAll: (conversation) => {
        this.#own.caughtUp(conversation);
        groups?.takenAll(conversation);
      },
      caughtUp: (missed) => this.#caughtUp(missed),
    });
    this.ownHistory = new OwnHistory({
      me,
      store,
      conversations: this.#conversations,
      write: (items) => this.#inbox.enqueue(items),
      sealing: ports.linking &&
        ports.compression && {
          ciphers: ports.linking.ciphers,
          compression: ports.compression,
          random,
        },
    });
    this.fileImport = new FileImport({
      me,
      conversations: this.#conversations,
      store,
      writer,
      work,
      emit: ports.emit,
    });
    this.vault = this.#openVault();
    this.historyTransfer = this.#openTransfer();
    this.#private = engine && this.#openPrivate(engine);
    const write = (changes: readonly ClientChange[]) => this.#bench.writer.write(changes);
    const found = (isHere: boolean) => this.#copyFound(isHere);
    this.#copies = engine && new Copies({ values: records.values, random, now, write, found });
    for (const { peer } of records.sessions) this.#accounts.add(peer);
    for (const { peer } of this.#conversations.all)
      if (peer !== undefined) this.#accounts.add(peer);
    work(async () => {
      await countUnread(this.#conversations, me, store);
      ports.emit({ type: 'conversations' });
    });
  }

  /** A login begins: the data for which the server should report losses. */
  async asksFor(): Promise<KeptHere> {
    // A write that fails ends this client.
    const start = await this.#copies?.start().catch(() => undefined);
    this.#asked = this.#outbox.book.stream;
    const asked = { stream: this.#asked, runs: this.#incoming.runs, start };
    return this.chains === undefined
      ? asked
      : { ...asked, can: ['sealed', 'devices', 'rooms', 'signals', 'roles'] };
  }

  /** The chain by which this device is one of the account, if another one has added it: for a server that has lost that. */
  async lostLinks(): Promise<readonly string[] | undefined> {
    const known = await this.chains?.own.known();
    const { publicKey } = this.#ports.direct?.device ?? {};
    if (known === undefined || publicKey === undefined || known.links.length < 2) return undefined;
    return isDeviceOf(known.chain, publicKey) ? known.links : undefined;
  }

  /** Own messages that the server does not have yet. */
  get unsent(): number {
    return this.#outbox.book.entries.filter(({ record }) => record.content.kind !== 'own-note')
      .length;
  }

  /** These messages, in the order in which they were written. */
  get waiting(): readonly OwnContent[] {
    return this.#outbox.book.entries.flatMap((entry) => ownOf(entry) ?? []);
  }

  /** What waits of what the person says of earlier messages. */
  get amending(): readonly OwnAmendment[] {
    return this.#outbox.book.entries.flatMap((entry) => amendmentOf(entry) ?? []);
  }

  /** Own messages that are not on the disk: if writing fails, they exist nowhere else. */
  get unkept(): readonly OwnContent[] {
    return this.#outbox.unkept.flatMap((entry) => ownOf(entry) ?? []);
  }

  /** Unsent messages that do not wait for the person's decision about a key, who may take any time. */
  get underWay(): number {
    const isHeld = ({ place, record }: OutboxEntry) =>
      record.content.kind === 'own-note' ||
      (place.kind === 'direct' && this.#private?.post.isHeld(place.user) === true);
    const waiting = this.#outbox.book.entries.filter((entry) => !isHeld(entry)).length;
    return waiting + (this.#private?.post.handing ?? 0);
  }

  /** Whether more may be sent without waiting. */
  get hasRoom(): boolean {
    return this.#outbox.book.size < outboxMark;
  }

  get conversations(): readonly ConversationView[] {
    return this.#conversations.all.filter(({ isOwn }) => !isOwn);
  }

  /** The blobs of this account. Undefined without a connection, and where the server keeps none. */
  get blobs(): Blobs | undefined {
    return this.#blobs;
  }

  // ---- the connection ---------------------------------------------------------------------------------------

  /** Logged in: missed messages are fetched, waiting ones are sent. `write` sends a line. */
  login(welcome: ExtendedEventOf<'WELCOME'>, write: (line: string) => void): void {
    const requests = new PendingRequests(write);
    const login = { requests, write };
    this.#login = login;
    this.#blobs = this.#openBlobs(requests);
    this.#toldFailed.clear();
    const isCopied = this.#copies?.login(welcome, write) === true;
    const isRestored = this.#private?.restoration.judge(welcome) === true;
    if (isCopied && !isRestored) this.#copyFound(false);
    const isLater = this.#outbox.book.isCounting;
    this.#incoming.login(requests, welcome);
    this.quiet.login();
    this.#private?.post.login(requests);
    this.#groups?.login(requests);
    this.#earlier.login(requests);
    // After an older copy of the store was treated: nothing is numbered or encrypted before.
    this.#bench.add(async () => {
      const { lastNumber } = welcome;
      const knowsStreams = lastNumber !== undefined;
      // In the first login of a run it is an older copy, and was treated as one.
      const { book } = this.#outbox;
      const isBehind = (lastNumber ?? 0) > book.lastNumber && this.#asked === book.stream;
      if (isLater && isBehind) this.#outbox.twinFound();
      if (this.#login === login) this.#outbox.login(requests, knowsStreams);
      // After what the server has said of its logs.
      if (this.#login === login) this.#erasures.login(requests);
      void this.#groups?.foundLobby();
    });
    this.signals.login(write, welcome.runs?.[0]);
    this.#incoming.start();
    this.#private?.stock.login(requests);
    this.roster.login(requests);
    this.governance.begin();
    this.chains?.login(requests, welcome);
    this.own?.login();
    this.directory?.login(requests, welcome);
    this.historyTransfer?.login();
    this.linking?.login(requests);
    this.vault?.login();
    this.expiry.login(welcome.now);
  }

  /** The connection has ended. */
  logout(): void {
    const login = this.#login;
    this.#login = undefined;
    this.#cancelTidying?.();
    this.#cancelTidying = undefined;
    this.#copies?.logout();
    this.#own.logout();
    this.#erasures.logout();
    this.signals.logout();
    this.#outbox.logout();
    this.#private?.post.logout();
    this.#groups?.logout();
    this.#earlier.logout();
    this.#private?.stock.logout();
    this.#incoming.logout();
    this.roster.logout();
    this.governance.end();
    this.chains?.logout();
    this.own?.logout();
    this.directory?.logout();
    this.historyTransfer?.logout();
    this.linking?.logout();
    this.vault?.logout();
    login?.requests.close();
    this.#blobs?.logout();
    this.#blobs = undefined;
    this.#moved();
  }

  /** How many events have come from the server, but for refusals. */
  heard = 0;

  /** An event of the server. */
  receive(event: ExtendedEvent): void {
    if (event.verb !== 'FAILED') this.heard += 1;
    if (this.#login === undefined || this.#login.requests.receive(event)) return;
    this.roster.receive(event);
    this.#blobs?.receive(event);
    if (this.signals.receive(event)) return;
    if (this.#groups?.receive(event) === true || this.linking?.receive(event) === true) return;
    switch (event.verb) {
      case 'MSG':
        this.signals.said(event.in, event.from);
        this.#incoming.said(event);
        return;
      case 'DELIVERED':
        this.#incoming.delivered(event);
        return;
      case 'CHAIN_CHANGED':
        void this.chains?.own.grown();
        return;
      case 'START':
        this.#copies?.heard(event);
        return;
      case 'STOCK_LOW':
        if (event.stock < stockLow) this.#private?.stock.fill();
        return;
      case 'JOINED':
        this.#incoming.joined(event);
        this.#ports.emit({ type: 'conversations' });
        return;
      case 'RULES':
        this.#conversations.rules(event);
        this.#ports.emit({ type: 'rules', conversation: event.in });
        return;
      case 'LEFT':
        this.#incoming.left(event.in);
        this.#ports.emit({ type: 'conversations' });
        if (event.why === 'removed') this.#groupEnded(event.in);
        return;
      // Answers, which the pending requests have received, and events of the login.
      default:
    }
  }

  /** Reported in the words for members of version 1. If it was ended here, the answer reports it. */
  #groupEnded(name: ConversationName): void {
    const place = parseConversation(name);
    if (place?.kind !== 'group' || this.#ending.has(place.group.toLowerCase())) return;
    const { group } = place;
    const text = success.text('group-ended', { group });
    const reply = { code: 'group-ended', values: { group }, text } as const;
    this.#ports.emit({ type: 'success', reply });
  }

  // ---- what a view asks for ---------------------------------------------------------------------------------

  /**
   * Accepts a message for the lobby, a group or a person, or what is said of an earlier one. The id identifies it in the
   * `own` or `own-amendment` events that follow. `plain`: what those read who know only texts, where the server can read it.
   */
  say(place: Place, said: SpokenContent, plain?: string): Result<string, CommandRefusal> {
    const content = this.expiry.timed(place, said);
    if (!this.#outbox.book.hasRoomFor(content)) return refuseCommand('outbox-full');
    const localId = newMessageId(this.#ports.random);
    const conversation = this.#conversations.get(this.#conversations.nameOf(place));
    const isKnown = place.kind === 'direct' ? this.#accounts.has(place.user) : conversation?.isKept;
    const draft = { localId, content, ...(plain !== undefined && { plain }) };
    if (!isMessage(content)) {
      this.#outbox.say(place, draft, undefined);
      const amendment = { localId, place, content };
      this.#ports.emit({ type: 'own-amendment', amendment, state: 'waiting' });
      return ok(localId);
    }
    const own = { localId, place, content };
    const message = isKnown === true ? this.#own.message(own) : undefined;
    this.#outbox.say(place, draft, message);
    const encrypted = place.kind === 'direct' || conversation?.isSealed === true;
    this.#ports.emit({
      type: 'own',
      message: { ...own, from: this.#ports.me, encrypted, state: 'waiting' },
    });
    return ok(localId);
  }

  /** The root of this account, in hex: by it others mention it. Undefined where that is not known. */
  get root(): string | undefined {
    const known = this.chains?.own.latest;
    return known && formatHex(known.root16);
  }

  /** The accounts that a text for a sealed group names with an @, by their roots. Elsewhere names are what the server says. */
  async mentionsIn(place: Place, text: string): Promise<readonly Mention[]> {
    const name = this.#conversations.nameOf(place);
    const groups = this.#groups;
    if (!text.includes('@') || place.kind === 'direct' || groups?.isSealed(place) !== true)
      return [];
    const roster = await this.#bench.ask(() => groups.engine.roster(name));
    return mentionsOf(text, roster?.members ?? []);
  }

  /** Whether somebody is an owner or a moderator of a group, as this device knows it now. */
  async #isAdmin(
    { place, name, admin, owners = [], moderators = [] }: Conversation,
    user: Username,
  ): Promise<boolean> {
    if (place.kind !== 'group') return false;
    const roster = await this.#groups?.engine.roster(name);
    if (roster !== undefined) return mayDo(roleOfNamed(roster, user), 'delete');
    if ((this.roster.adminOf(place.group) ?? admin) === user) return true;
    return [...owners, ...moderators].includes(user);
  }

  /** Whether what is said at a place goes out sealed, or not at all. */
  isSealedAt(place: Place): boolean {
    return this.#outbox.book.needsSealing(place);
  }

  /** Whether this account may delete what others say at a place. */
  async isAdminAt(place: Place): Promise<boolean> {
    const conversation = this.#conversations.get(this.#conversations.nameOf(place));
    if (conversation === undefined) return false;
    return (await this.#bench.ask(() => this.#isAdmin(conversation, this.#ports.me))) === true;
  }

  /**
   * Sends a note about a file to the client of `user`. Its id, under which `note` and `noteElsewhere` tell what becomes
   * of it; nothing where no more are taken.
   */
  sendNote(user: Username, note: Uint8Array): string | undefined {
    const id = newMessageId(this.#ports.random);
    const place = { kind: 'direct', user } as const;
    return this.#draft(place, id, { kind: 'file-note', note }) ? id : undefined;
  }

  /** Puts a file that is offered to `user` into the conversation, under the id of its transfer. */
  sayFile(user: Username, id: string, file: FileContent): void {
    this.#draft({ kind: 'direct', user }, id, file);
  }

  /** The files that the server keeps; undefined if they are for another connection. */
  get keptFiles(): AccountKeptFiles | undefined {
    const engine = this.#private?.engine;
    if (engine === undefined) return undefined;
    return new AccountKeptFiles({
      requests: () => this.#login?.requests,
      say: (place, id, file) =>
        this.#outbox.book.get(id) !== undefined || this.#draft(place, id, file),
      isKnownTo: (user) =>
        new Promise((resolve) => {
          this.#bench.add(async () => {
            const isInRoom = await this.#groups?.rooms.isUsed(user);
            resolve(isInRoom === true || (await engine.isPeerAble(user, 'keptFiles')));
          });
        }),
    });
  }

  /** It is in no history before it is encrypted: it may be for nobody there. */
  #draft(
    place: Place,
    localId: string,
    said: FileContent | FileNoteContent | HeadContent | ToldTimerContent,
  ): boolean {
    const content = said.kind === 'file' ? this.expiry.timed(place, said) : said;
    if (!this.#outbox.book.hasRoomFor(content)) return false;
    this.#outbox.say(place, { localId, content }, undefined);
    return true;
  }

  /** Calls `act` when all earlier messages to the lobby and to groups are on their way. */
  behind(act: () => void): void {
    this.#outbox.behind(act);
  }

  /** The sealed groups of this account; undefined if they are for another connection. */
  get sealed(): SealedGroups | undefined {
    return this.#groups;
  }

  /** Whether that name has an account, as far as is known. */
  isAccount(user: Username): boolean {
    return this.#accounts.has(user);
  }

  /** The engine for a person's decisions about keys. Held messages continue after `decided`. */
  get keys(): DirectEngine | undefined {
    return this.#private?.engine;
  }

  decided(user: Username): void {
    void this.#shared?.keys.tell(user);
    this.#goesOn(user);
  }

  /** What was held for `user` may continue. */
  #goesOn(user: Username): void {
    this.#private?.post.post(user);
    this.#groups?.decided();
  }

  /** What the devices of this account have in common, for one that is new (own/own-state.ts). */
  async exportOwnState(): Promise<JsonValue | undefined> {
    return this.#shared?.state.export();
  }

  /** Takes over what another device has given: idempotent, and nothing known here is taken back. Resolves when it is on the disk. */
  async importOwnState(state: unknown): Promise<void> {
    const shared = this.#shared?.state;
    if (shared === undefined) return;
    await this.#inbox.enqueue([{ kind: 'told', take: (batch) => shared.take(state, batch) }]);
  }

  /** The person has seen everything of a conversation up to `upTo`, or everything that is here. */
  read(name: ConversationName, upTo?: number): void {
    const conversation = this.#conversations.get(name);
    if (conversation !== undefined) this.#receipts.read(conversation, upTo);
  }

  /** The last `limit` messages before `before`, oldest first. What this device does not have comes from the server. */
  async history(
    name: ConversationName,
    before: number | undefined,
    limit: number,
  ): Promise<Filled<HistoryRecord>> {
    const conversation = this.#conversations.get(name);
    if (conversation === undefined) return { records: [], failure: undefined };
    return this.#earlier.page(conversation, before, limit);
  }

  /** The same, only from this device. */
  async kept(
    name: ConversationName,
    before: number | undefined,
    limit: number,
  ): Promise<readonly HistoryRecord[]> {
    return wholeFrom(await this.#ports.keeping.store.history(name, before, limit));
  }

  /** `limit` messages from any position of its history, oldest first. Earlier ones come from the server. */
  async historyRange(
    name: ConversationName,
    historyRange: HistoryRange,
    limit: number,
  ): Promise<readonly PlacedRecord[]> {
    const conversation = this.#conversations.get(name);
    return conversation === undefined
      ? []
      : this.#earlier.historyRange(conversation, historyRange, limit);
  }

  /** The pinned messages of a conversation. */
  pinned(name: ConversationName): Promise<readonly PlacedRecord[]> {
    return this.#ports.keeping.store.pinned(name);
  }

  /** Makes `user` the admin of a group, or ends it if none is named. Undefined without a connection. */
  async handOver(
    group: GroupName,
    user: Username | undefined,
  ): Promise<RequestAnswer<'HAND_OVER'> | undefined> {
    const requests = this.#login?.requests;
    const where = { in: groupConversation(group) };
    if (user !== undefined) {
      const records = await this.#recordsFor(group, (sealed) => sealed.adminsRecord(group, user));
      return requests?.asking('HAND_OVER', { ...where, user, ...records });
    }
    const folded = group.toLowerCase();
    this.#ending.add(folded);
    const answer = await requests?.asking('END_GROUP', where);
    this.#ending.delete(folded);
    return answer;
  }

  /** The last `limit` messages that match `query`, the latest first. Undefined if the store cannot search. */
  async search(query: HistoryQuery, limit: number): Promise<readonly PlacedRecord[] | undefined> {
    return this.#ports.keeping.store.search?.(query, limit);
  }

  /** Who has an account, and who is online. Undefined without a connection. */
  async people(): Promise<ExtendedEventOf<'PEOPLE'>['people'] | undefined> {
    const answer = await this.#login?.requests.asking('PEOPLE', {});
    return answer?.ok ? answer.value.people : undefined;
  }

  /** How many connections the account has. Undefined if the server does not say. */
  async connections(): Promise<number | undefined> {
    const answer = await this.#login?.requests.asking('PEOPLE', { limit: 0 });
    return answer?.ok ? answer.value.connections : undefined;
  }

  /** The devices of this account: by its chain, with what the server says of them. */
  async ownDevices(): Promise<readonly ListedDevice[] | undefined> {
    const told = await this.#login?.requests.asking('DEVICES', {});
    const own = await this.chains?.own.get();
    if (own === undefined || told?.ok !== true) return undefined;
    return own.chain.devices.map(({ key, form }) => {
      const found = told.value.devices.find(({ device }) => device === encodeBase64url(key));
      const { since, seen, here, own: isOwn } = found ?? {};
      return { key, form, since, seen, isHere: here === true, isThis: isOwn === true };
    });
  }

  /** Who is in a group now, or why the server does not say. Undefined without a connection. */
  async members(group: GroupName): Promise<RequestAnswer<'MEMBERS'> | undefined> {
    return this.#login?.requests.asking('MEMBERS', { in: groupConversation(group) });
  }

  /** Blocks or unblocks somebody. Without a name, returns who is blocked. Undefined without a connection. */
  async block(
    user: Username | undefined,
    off: boolean,
  ): Promise<RequestAnswer<'BLOCK'> | undefined> {
    return this.#login?.requests.asking('BLOCK', { user, off });
  }

  /** Makes a group by invitation. Undefined without a connection. */
  async createByInvitation(group: GroupName): Promise<RequestAnswer<'CREATE'> | undefined> {
    return this.#login?.requests.asking('CREATE', { in: groupConversation(group) });
  }

  /**
   * Lets somebody enter a group by invitation. Without a name, returns who may enter. Undefined without a connection.
   */
  async invite(
    group: GroupName,
    user: Username | undefined,
  ): Promise<RequestAnswer<'INVITE'> | undefined> {
    const records = await this.#recordsFor(group, async (sealed) => {
      const found = user === undefined ? undefined : await this.chains?.of(user);
      if (user === undefined || found?.ok !== true) return undefined;
      return sealed.admitRecord(group, { root16: found.value.root16, name: user });
    });
    const where = { in: groupConversation(group), user };
    return this.#login?.requests.asking('INVITE', { ...where, ...records });
  }

  /** What has come is processed: a record goes on from the last one, which may just have come. */
  async #processed(): Promise<void> {
    this.#inbox.hurry();
    await this.#bench.idle();
  }

  /** What the members of a sealed group want signed. */
  async #recordsFor(
    group: GroupName,
    sign: (sealed: SealedGroups) => Promise<string | undefined>,
  ): Promise<{ readonly records?: string[] }> {
    const sealed = this.#groups;
    if (sealed?.isSealed({ kind: 'group', group }) !== true) return {};
    await this.#processed();
    const record = await sign(sealed);
    return record === undefined ? {} : { records: [record] };
  }

  /** Resolves when the outbox has changed, or the connection has begun or ended. */
  change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Handles everything that has arrived, and sends the receipts for it. */
  async flush(): Promise<void> {
    this.#inbox.hurry();
    await this.#bench.idle();
    this.#receipts.flush();
    await this.#shared?.readMarks.flush();
    await this.signals.flush();
    await this.drafts.flush();
    await this.#bench.idle();
  }

  /** Writes what must still be written, and closes the store. */
  async close(): Promise<void> {
    this.chains?.close();
    await this.flush();
    this.logout();
    await this.#bench.idle();
    await this.vault?.close();
    this.signals.close();
    this.quiet.close();
    this.expiry.close();
    this.#telling.close();
    this.drafts.close();
    await this.#bench.idle();
    await this.#bench.writer.idle();
    await this.#ports.keeping.store.close();
  }

  // ---- inside -----------------------------------------------------------------------------------------------

  #openLinking(): DeviceLinking | undefined {
    const { direct, linking, timers, random } = this.#ports;
    const own = this.chains?.own;
    if (direct === undefined || linking === undefined || own === undefined) return undefined;
    return new DeviceLinking({
      ...linking,
      random,
      timers,
      verify: (key, bytes, signature) => isSignedBy(direct.suite, key, bytes, signature),
      chain: own,
    });
  }

  #openBlobs(requests: PendingRequests): ServerBlobs | undefined {
    const { blobs, direct, me, timers } = this.#ports;
    const place = direct && blobs?.server();
    if (blobs === undefined || place === undefined) return undefined;
    return new ServerBlobs({ mover: blobs.mover, place, me, timers }, requests);
  }

  #openVault(): Vault | undefined {
    const { direct, linking, sha256, compression, vaultFile, backupFiles: files } = this.#ports;
    const { me, random, now, timers } = this.#ports;
    const chain = this.chains?.own;
    const { ownHistory: history } = this;
    if (!direct || !linking || !sha256 || !compression || !chain || !vaultFile) return undefined;
    return new Vault({
      me,
      suite: direct.suite,
      sha256,
      device: direct.device,
      ciphers: linking.ciphers,
      random,
      now,
      timers,
      file: vaultFile,
      files,
      blobs: () => this.blobs,
      chain: () => chain.get(),
      history: {
        blocks: () => history.export.blocks(),
        pieces: (block: HistoryBlock) => history.export.pieces(block),
        take: (piece, from) => history.take(piece, from),
      },
      own: {
        export: () => this.exportOwnState(),
        take: (state) => this.importOwnState(state),
      },
      sealer: (key) => {
        const sealer = history.sealer(key);
        invariant(sealer, 'who has ciphers seals pieces');
        return sealer;
      },
      news: (news) => this.#ports.emit({ type: 'backup', news }),
    });
  }

  #openDirectory(): AccountDirectory | undefined {
    const { direct, directory, linking, me, now, emit } = this.#ports;
    const { chains } = this;
    if (direct === undefined || directory === undefined || chains === undefined) return undefined;
    return new AccountDirectory({
      ...directory,
      me,
      now,
      verify: (key, bytes, signature) => isSignedBy(direct.suite, key, bytes, signature),
      server: async () => linking?.server(),
      own: () => chains.own.get(),
      refreshOwn: () => chains.own.grown(),
      meet: (user) => chains.of(user),
      people: async () => [
        ...new Set([
          ...this.#conversations.all.flatMap(({ peer }) => peer ?? []),
          ...((await this.#groups?.members()) ?? []),
        ]),
      ],
      news: (news) => emit({ type: 'directory', news }),
      released: () => this.#released(),
    });
  }

  async #isServerHeld(): Promise<boolean> {
    return (await this.directory?.isHeld()) === true;
  }

  /** What was said there goes with which list of devices this account was shown, now and then. */
  #tellHead({ name, place }: Conversation): void {
    const head = this.directory?.headFor(name);
    if (head === undefined) return;
    this.#draft(place, newMessageId(this.#ports.random), { kind: 'head', head });
  }

  /** The person has decided about the server: whatever waits is sealed. */
  #released(): void {
    const { me } = this.#ports;
    for (const { place } of this.#outbox.book.entries) {
      if (place.kind === 'direct' && place.user !== me) this.#private?.post.post(place.user);
      else this.#groups?.drafted(place);
    }
  }

  #openRecovery(): OwnRecovery | undefined {
    const { linking, random } = this.#ports;
    const chain = this.chains?.own;
    return (
      linking &&
      chain &&
      new OwnRecovery({
        ciphers: linking.ciphers,
        random,
        chain,
        made: async (words, key) => this.vault?.opened(words, key),
      })
    );
  }

  #openOwn(): OwnChannel | undefined {
    const { direct, me, random, now } = this.#ports;
    const [chain, groups] = [this.chains?.own, this.#groups];
    if (direct === undefined || chain === undefined || groups === undefined) return undefined;
    const { add: work, writer } = this.#bench;
    return new OwnChannel({
      me,
      ownKey: direct.device.publicKey,
      chain,
      engine: groups.engine,
      outbox: this.#outbox,
      writer,
      random,
      now,
      work,
      room: this.#conversations.nameOf({ kind: 'direct', user: me }),
      found: () => groups.foundOwn(),
    });
  }

  #openShared(engine: DirectEngine): Shared | undefined {
    const { direct, keeping, me, timers } = this.#ports;
    const [own, conversations] = [this.own, this.#conversations];
    if (own === undefined || direct === undefined) return undefined;
    const isPerson = (): boolean => this.#isPerson();
    const { store } = keeping;
    const readMarks = new ReadMarks({ me, own, conversations, store, timers, isPerson });
    const keys = new SharedKeys({ me, own, engine, decided: (user) => this.#goesOn(user) });
    const state = new OwnState({
      own,
      readMarks,
      sharedKeys: keys,
      signals: this.signals.wishes,
      quiet: this.quiet,
      drafts: this.drafts,
      expiry: this.expiry,
      people: () => [...this.#accounts].filter((user) => user !== me),
    });
    own.onCameIn(() => void state.ask());
    return { readMarks, keys, state };
  }

  /** Whether a person reads here. */
  #isPerson(): boolean {
    const { direct, keeping } = this.#ports;
    const devices = this.chains?.own.latest?.chain.devices;
    const own = devices?.find(({ key }) => direct && equalBytes(key, direct.device.publicKey));
    return !keeping.startsNow && keeping.isPiped !== true && own?.form !== 'bot';
  }

  #openSignals(): AccountSignals {
    const { emit, hasSignals, keeping, me, now, random, timers } = this.#ports;
    const groups = this.#groups;
    return new AccountSignals({
      me,
      own: this.own,
      values: keeping.records.values,
      write: (change) => this.#write(change),
      conversations: this.#conversations,
      engine: groups?.engine,
      hasRoom: async (user) => (await groups?.rooms.isUsed(user)) === true,
      isHeld: () => this.#isServerHeld(),
      work: this.#bench.add,
      sizeOf: ({ name, place, isSealed }) => {
        if (isSealed) return groups?.engine.shown(name)?.members.length;
        return place.kind === 'group' ? this.roster.membersOf(place.group)?.people.size : undefined;
      },
      isServed: hasSignals,
      isPerson: () => this.#isPerson(),
      random,
      now,
      timers,
      emit,
    });
  }

  #openTransfer(): HistoryTransfer | undefined {
    const { direct, emit, keeping, random, timers } = this.#ports;
    const [own, chain] = [this.own, this.chains?.own];
    if (own === undefined || chain === undefined || direct === undefined) return undefined;
    return new HistoryTransfer({
      own,
      ownKey: direct.device.publicKey,
      chain: async () => (await chain.get()).chain,
      history: this.ownHistory,
      blobs: () => this.blobs,
      values: keeping.records.values,
      write: (change) => this.#write(change),
      random,
      timers,
      emit,
    });
  }

  /** Writes one change in its turn. Resolves when it is on the disk. */
  #write(change: () => ClientChange): Promise<void> {
    const { add: work, writer } = this.#bench;
    return new Promise((resolve, reject) =>
      work(
        () => writer.write([change()]).then(resolve, reject),
        () => reject(new Error('nothing is written any more')),
      ),
    );
  }

  #openPrivate(engine: DirectEngine): Private {
    const { keeping, me, now, emit, timers, toGuest, note, noteElsewhere } = this.#ports;
    const { records } = keeping;
    const { add: work, writer } = this.#bench;
    const { messageOf } = this.#own;
    const stock = new KeyPackageStock({ engine, writer, work }, records.packages.length === 0);
    const post = new DirectPost({
      me,
      engine,
      outbox: this.#outbox,
      writer,
      timers,
      now,
      work,
      isAccount: (user) => this.#accounts.has(user),
      foundAccount: (user) => void this.#accounts.add(user),
      messageOf,
      rooms: this.#groups?.rooms,
      toGuest,
      note,
      noteElsewhere,
      refused: (entry, failure) => this.#own.refused(entry, failure),
      emit: (event) => emit({ type: 'private', event }),
      isServerHeld: () => this.#isServerHeld(),
      moved: () => this.#moved(),
    });
    work(async () => {
      if (await engine.isStockOutdated()) stock.replace();
    });
    const restoration = new Restoration({
      me,
      isNewStore: isNewStore(records),
      runs: records.runs,
      engine,
      groups: this.#groups?.engine,
      stock,
      conversations: this.#conversations,
      outbox: this.#outbox,
      inbox: this.#inbox,
      writer,
      work,
      messageOf,
      emit,
    });
    return { engine, post, stock, restoration };
  }

  /** As the starts tell, at a login or at once: nothing is encrypted before this. */
  #copyFound(isHere: boolean): void {
    this.#isTwinHere = isHere;
    this.#bench.add(async () => {
      await this.#bench.writer.write(await this.#spend());
      this.#outbox.twinFound();
    });
  }

  /** Another program uses a copy of this store: nothing more is encrypted in the sessions that both have. */
  async #twinFound(leave: () => readonly ClientChange[]): Promise<void> {
    const { add, writer } = this.#bench;
    await new Promise<void>((resolve, reject) => {
      add(async () => {
        await writer.write([...(await this.#spend()), ...leave()]).then(resolve, reject);
      });
    });
    this.#isSpent = false;
    this.#private?.stock.replace();
    this.#private?.stock.fill();
    this.#groups?.considerAll();
    this.#ports.emit({ type: 'twin', isHere: this.#isTwinHere });
  }

  /** Once for each twin: what is begun after it is of this program alone. */
  async #spend(): Promise<readonly ClientChange[]> {
    if (this.#isSpent) return [];
    this.#isSpent = true;
    const spent = this.#private?.engine.restoredFromCopy() ?? [];
    return [...spent, ...((await this.#groups?.engine.restoredFromCopy()) ?? [])];
  }

  #caughtUp(missed: number): void {
    this.#ports.emit({ type: 'caught-up', missed });
    this.signals.caughtUp();
    this.#bench.add(() => this.#lostAmendments.sayAgain());
    this.#cancelTidying ??= afterSteadyTime(this.#ports, steadyMs, () => this.#tidy());
  }

  #tidy(): void {
    this.#cancelTidying = afterSteadyTime(this.#ports, tidyEveryMs, () => this.#tidy());
    // After what has just arrived: until that is read its keys are needed.
    this.#bench.add(() => this.#bench.writer.write(this.#private?.engine.tidy() ?? []));
  }

  /** The person ignores others than before. */
  #countAnew(): Promise<void> {
    const { keeping, me } = this.#ports;
    const count = () => countUnread(this.#conversations, me, keeping.store);
    return new Promise((resolve, reject) =>
      this.#bench.add(() => count().then(resolve, reject), resolve),
    );
  }

  /** Reported once in a login, although it is requested repeatedly. */
  readonly #serverFailed = (conversation: Conversation, failure: RequestFailure): void => {
    if (failure.code !== 'store-failed' || this.#toldFailed.has(conversation)) return;
    this.#toldFailed.add(conversation);
    const { name } = conversation;
    const text = `what was said ${whereIs(conversation)} is not whole here: ${failure.text}`;
    this.#ports.emit({ type: 'history-failed', conversation: name, text });
  };

  #moved(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
