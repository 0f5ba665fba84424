// The headless client: typed commands in, one stream of typed events out. Views (terminal, web page, bots) hold no
// behaviour of their own. Owns the conditions of a command before it is sent, and its way: as a line of version 1, or
// through the account (account/), which keeps it until it is stored. link-keeper.ts has the connections. Knows no
// screen, no socket and no file: platform parts are passed in (ports.ts). Long because it has a method for each
// request of a view; the work is in the files around it.

import type { Governance } from './governing/governance.ts';
import type { FileCiphers } from '../e2ee/files/file-ciphers.ts';
import type { Compression } from '../e2ee/history/piece-sealer.ts';
import { encodeUtf8 } from '../lib/bytes.ts';
import { err, ok, type Err, type Result } from '../lib/result.ts';
import { formatCommand, type Command } from '../wire/commands.ts';
import type { ChangedPerson } from '../wire/extended/events.ts';
import {
  conversationOf,
  formatPlace,
  groupConversation,
  parsePlace,
  type ConversationName,
  type Place,
} from '../wire/extended/names.ts';
import { formatRequest } from '../wire/extended/requests.ts';
import { defaultMaxLineBytes } from '../wire/limits.ts';
import { parseGroupName, parseLineText, parseToken, parseUsername } from '../wire/text.ts';
import type { ExpirySeconds } from '../wire/expiry.ts';
import type { GroupName, Username } from '../wire/text.ts';
import type { BytesMover } from './blobs/blobs.ts';
import type { AccountKeeping, DirectoryPorts } from './account/account-ports.ts';
import type { DirectoryState } from './account/directory/directory-alarm.ts';
import type { HashSha256 } from './ports.ts';
import type { RevokeReason } from '../wire/statements/chain-link.ts';
import type { GroupMode } from '../wire/statements/roster-record.ts';
import type { LinkFailure } from './account/own-chain.ts';
import { AccountSync } from './account/account-sync.ts';
import type { Roster } from './account/roster.ts';
import type { ConversationView } from './account/conversations.ts';
import type { OwnChannel } from './account/own/own-channel.ts';
import { guestQuiet, type Quiet } from './account/own/quiet/quiet.ts';
import type { Filled } from './account/inbox/history-fetch.ts';
import { Speech } from './amending/speech.ts';
import type { ClientEvent, ClientEventSink, OwnAmendment, OwnContent } from './client-event.ts';
import { textContent, textOf, type MessageContent } from './content.ts';
import type { ClientState, CloseReason, Greeting } from './client-state.ts';
import { isAddressed } from './commands/addressed.ts';
import { refuseCommand, refuseLength, refuseText, type CommandRefusal } from './command-refusal.ts';
import type { GroupView } from './encryption/group/engine.ts';
import { Devices, type DevicePorts } from './encryption/trust/devices.ts';
import type { HistoryTransfer } from './history/history-transfer.ts';
import { KnownSenders } from './files/known-senders.ts';
import { LoginFiles, type FileCommands } from './login-files.ts';
import type { FilePorts } from './files/transfers-options.ts';
import type { TransferPlace, TransferStore } from './files/ports.ts';
import type { KeptNews } from './files/notes/note-news.ts';
import { recordOf } from './files/transfers.ts';
import { KeyDecisions } from './encryption/key-decisions.ts';
import { People } from './people.ts';
import type { DeviceLinking } from './linking/device-linking.ts';
import type { OwnRecovery } from './recovery/own-recovery.ts';
import { LiveMessages, type LiveMessagesPorts } from './live-messages.ts';
import { NoteCarrier } from './note-carrier.ts';
import { maxDirectTextBytes } from './encryption/stored/engine.ts';
import type { SealedRefusal } from './account/groups/sealed-groups.ts';
import { GuestBlocks } from './guest-blocks.ts';
import { GuestTexts } from './guest-texts.ts';
import { ShownTexts } from './encryption/shown-texts.ts';
import type { SafetyNumber } from './encryption/trust/key-checks.ts';
import { TrustBook } from './encryption/trust/trust-book.ts';
import type {
  HistoryQuery,
  HistoryRecord,
  PlacedRecord,
  HistoryRange,
  SearchLack,
} from './store/store-port.ts';
import type { AccountSignals } from './signals/account-signals.ts';
import { Archive } from './export/archive.ts';
import { MessageLinks } from './permalink/message-links.ts';
import { settling } from './settling.ts';
import { UserLists } from './user-lists.ts';
import type { RequestAnswer } from './pending-requests.ts';
import { serverKeyOf } from './connection/server-address.ts';
import { LinkKeeper, type KeeperPorts, type KeeperSettings } from './connection/link-keeper.ts';
import { vouches } from './login/ask-proof.ts';
import type { Vault } from './vault/vault.ts';
import type { BackupFiles } from './vault/backup-files.ts';
import type { VaultFile } from './vault/vault-state.ts';
import { V1Lines } from './v1-lines.ts';

/** Sealed groups need an account, a server that has them, and the keys of the account, which one program has at a time. */
export type SealingLack = 'account' | 'server' | 'device';

/** A later answer to a probe counts as the answer to somebody's request: by then the connection has ended. */
const probeTimeoutMs = 60_000;
/** With more unsent bytes than this `ready` waits. */
export const sendMarkBytes = 256 * 1024;
/** With more unsent bytes than this a command is refused: the caller did not wait for `ready`. */
export const sendCapBytes = 1024 * 1024;

export type ClientSettings = KeeperSettings;
export type ClientPorts = KeeperPorts &
  LiveMessagesPorts &
  DevicePorts & {
    /** Without them, no files are sent or accepted. */
    readonly files?: FilePorts;
    /** Without `files`: where files that others have left at the server are remembered, for a program that has them. */
    readonly fileRecords?: Pick<TransferStore, 'put'>;
    /** Without it no chains of accounts are known, and no sealed groups. */
    readonly sha256?: HashSha256;
    /** Without it nothing that the server says of devices is compared. */
    readonly directory?: DirectoryPorts;
    /** Without them no new devices are taken into the account. */
    readonly linkingCiphers?: FileCiphers;
    /** Without it no blobs are left at the server, and none fetched. */
    readonly bytesMover?: BytesMover;
    /** Without it no history goes to other devices of the account. */
    readonly compression?: Compression;
    /** What is remembered of the backup. Without it there is none. */
    readonly vaultFile?: VaultFile;
    /** Without it there are no backups in files. */
    readonly backupFiles?: BackupFiles;
    /** The stored data on the device, for a login to an account. */
    readonly keeping?: AccountKeeping | undefined;
  };

/** A command was sent, or why not. */
export type Sent = Result<undefined, CommandRefusal>;
/** Like `Sent`. For an account the id identifies the message in the `own` events that follow. */
export type SaidAs = Result<string | undefined, CommandRefusal>;

export class ChatClient {
  readonly #link: LinkKeeper;
  readonly #settings: ClientSettings;
  readonly #ports: ClientPorts;
  readonly #sink: ClientEventSink;
  readonly #shown = new ShownTexts();
  readonly #trusts: TrustBook;
  /** For a login to an account. It exists as long as the client. */
  readonly #account: AccountSync | undefined;
  readonly #guestTexts: GuestTexts;
  readonly #guestBlocks: GuestBlocks;
  readonly #v1Lines: V1Lines;
  /** How this client was logged in last. */
  #as: 'account' | 'guest' | undefined;
  readonly #userLists: UserLists;
  readonly #decisions = new KeyDecisions({
    keys: () => (this.#isAccount ? this.#account?.keys : undefined),
    live: () => this.#private,
    noPrivate: () => this.#noPrivate,
    decided: (user) => this.#account?.decided(user),
  });
  /** From the login to its end. */
  #private: LiveMessages | undefined;
  #files: LoginFiles | undefined;
  #notes: NoteCarrier | undefined;
  /** Whose files are accepted. It exists as long as the client. */
  readonly #knownSenders: KnownSenders | undefined;
  /** What is known of devices: this one, and those of people met so far. */
  readonly devices: Devices;
  /** The names seen in this chat. */
  readonly people = new People();
  /** What the person does not want to hear or see: on all devices of an account, of a guest as long as this program runs. */
  readonly quiet: Quiet;
  #waiting: (() => void)[] = [];
  /** The parts that cannot receive more at the moment. */
  readonly #full = new Set<'view' | 'account'>();

  /** Begins to connect. Events come later, never from within the constructor. */
  constructor(settings: ClientSettings, ports: ClientPorts, sink: ClientEventSink) {
    this.#settings = settings;
    this.#ports = ports;
    this.#userLists = new UserLists(ports.timers);
    this.#sink = sink;
    const { files } = ports;
    this.#knownSenders = files && new KnownSenders(files.acceptUpTo, files.knownSenders);
    if (settings.triesFromStart === true && settings.account?.isKnown === true)
      this.#as = 'account';
    this.#trusts = new TrustBook(ports.pins, (event) => {
      if (
        event.type === 'key-new' ||
        event.type === 'key-changed' ||
        event.type === 'devices-changed' ||
        event.type === 'pin-not-stored'
      )
        this.#emit({ type: 'private', event });
    });
    this.devices = new Devices(ports, {
      server: serverKeyOf(settings.address),
      trusts: this.#trusts,
      certificate: () => this.#link.fingerprint,
      as: () => (this.state.phase === 'open' ? this.#as : undefined),
      connections: () => this.#account?.connections(),
      account: () => this.#account?.ownDevices(),
    });
    this.#guestBlocks = new GuestBlocks(settings.username);
    this.#guestTexts = new GuestTexts(settings.username, (event) => this.#sink(event));
    this.#account = this.#openAccount();
    this.quiet = this.#account?.quiet ?? guestQuiet(settings.username, ports, sink);
    this.#v1Lines = new V1Lines({
      sink,
      people: this.people,
      userLists: this.#userLists,
      liveMessages: () => this.#private,
      files: () => this.#files,
      blocks: this.#guestBlocks,
    });
    const { account: wish } = settings;
    const side = this.#account;
    const kept = side && { kept: () => side.asksFor(), chain: () => side.lostLinks() };
    const account = wish && { ...wish, ...kept };
    this.#link = new LinkKeeper({ ...settings, account }, ports, {
      onState: (state) => this.#stateChanged(state),
      onRemembered: (fingerprint) => sink({ type: 'server-remembered', fingerprint }),
      onGuest: (reason) => sink({ type: 'guest', reason }),
      onEvent: (event) => this.#v1Lines.receive(event),
      onExtended: (event) => this.#account?.receive(event),
      onDrain: () => this.#release(),
      onSilence: () => this.#probe(),
    });
  }

  get state(): ClientState {
    return this.#link.state;
  }

  /** How this client is logged in, was last, or certainly will be. */
  get as(): 'account' | 'guest' | undefined {
    return this.#as;
  }

  /** The requested name. */
  get username(): Username {
    return this.#settings.username;
  }

  /** Sends `text` to everybody [7.2]. An account may do so without a connection: it is sent when there is one. */
  broadcast(text: string): SaidAs {
    const line = parseLineText(text);
    if (line === undefined) return refuseText(text);
    return (
      this.#say({ kind: 'lobby' }, textContent(text)) ?? this.#send({ verb: 'BCST', text: line })
    );
  }

  /** Sends `text` to the members of a group [7.8], like `broadcast`. */
  groupMessage(group: string, text: string): SaidAs {
    const line = parseLineText(text);
    const name = parseGroupName(group);
    if (line === undefined) return refuseText(text);
    if (name === undefined) return refuseCommand('not-a-group-name');
    return (
      this.#say({ kind: 'group', group: name }, textContent(text)) ??
      this.#send({ verb: 'GROUP_MESSAGE', group: name, text: line })
    );
  }

  /**
   * Sends `text` to `user`, encrypted or not at all [7.5]. The id identifies it in the `private` events that follow:
   * `delivered`, or `not-delivered` with the reason.
   */
  privateMessage(user: string, text: string): Result<string, CommandRefusal> {
    const sent = this.#isAccount
      ? this.#sayPrivately(user, text)
      : (this.#private?.send(user, text) ?? refuseCommand('not-open'));
    if (sent.ok) this.#knownSenders?.wroteTo(user);
    return sent;
  }

  /** Sends this one `text` to `user` unencrypted: the server can read it, and nothing proves who wrote it. */
  async sendUnencrypted(user: string, text: string): Promise<Sent> {
    // An account has left keys: nothing is ever sent to it unencrypted.
    if (this.#account?.isAccount(user as Username) === true)
      return refuseCommand('encrypted-before');
    return this.#private?.sendUnencrypted(user, text) ?? refuseCommand(this.#noPrivate);
  }

  /** The number to compare with `user` over another channel: a call, or in person. */
  safetyNumber(user: string): Promise<Result<SafetyNumber, CommandRefusal>> {
    return this.#decisions.safetyNumber(user);
  }

  /**
   * The person compared `digits` of a safety number with `user`, and they are the same. This also accepts a changed
   * key.
   */
  markVerified(user: string, digits: string): Promise<Sent> {
    return this.#decisions.markVerified(user, digits);
  }

  /** Accepts the changed key of `user`. Held messages are sent. */
  trust(user: string): Promise<Sent> {
    return this.#decisions.trust(user);
  }

  /** Keeps the earlier key of `user`. Held messages wait for its holder. */
  distrust(user: string): Promise<Sent> {
    return this.#decisions.distrust(user);
  }

  /** Sending and accepting files [7.11]. Undefined before and after the login, and if the platform has no files. */
  get files(): FileCommands | undefined {
    return this.#files;
  }

  /** Texts whose delivery is still unknown: an account's that are not stored, and live private ones. */
  get textsUnderWay(): number {
    return (this.#private?.underWay ?? 0) + (this.#account?.underWay ?? 0);
  }

  /** Messages of this account that the server does not have yet. They are stored on the device, and sent later. */
  get unsent(): number {
    return this.#account?.unsent ?? 0;
  }

  /** These messages, in the order in which they were written. */
  get waiting(): readonly OwnContent[] {
    return this.#account?.waiting ?? [];
  }

  /** Messages that could not be written to the device's disk: they exist nowhere else. */
  get unkept(): readonly OwnContent[] {
    return this.#account?.unkept ?? [];
  }

  /** Resolves when none are on their way any more, or nothing has moved for `withinMs`. */
  async settled(withinMs: number): Promise<void> {
    const ports = {
      underWay: () => this.#account?.underWay ?? 0,
      heard: () => this.#account?.heard ?? 0,
      moves: (ms: number) => this.#moves(ms),
      now: this.#ports.now,
    };
    await settling(ports, withinMs);
    await this.#private?.settled(withinMs);
  }

  /** What the devices of this account say to each other; undefined where this client is none of them. */
  get own(): OwnChannel | undefined {
    return this.#account?.own;
  }

  /** The conversations of the account that this device knows. */
  get conversations(): readonly ConversationView[] {
    return this.#account?.conversations ?? [];
  }

  /**
   * The last `limit` messages of a conversation before `before`, oldest first. With a connection, what this device does
   * not have of the lobby and of groups is fetched from the server.
   */
  async history(
    conversation: ConversationName,
    before: number | undefined,
    limit: number,
  ): Promise<readonly HistoryRecord[]> {
    return (await this.historyOrWhy(conversation, before, limit)).records;
  }

  /** Like `history`, with the reason if the server has more and cannot read it. */
  async historyOrWhy(
    conversation: ConversationName,
    before: number | undefined,
    limit: number,
  ): Promise<Filled<HistoryRecord>> {
    const filled = await this.#account?.history(conversation, before, limit);
    return filled ?? { records: [], failure: undefined };
  }

  /** Like `history`, only from this device. */
  async kept(
    conversation: ConversationName,
    before: number | undefined,
    limit: number,
  ): Promise<readonly HistoryRecord[]> {
    return (await this.#account?.kept(conversation, before, limit)) ?? [];
  }

  /**
   * `limit` messages from any position of a conversation's history, oldest first. Earlier ones come from the server.
   */
  async historyRange(
    conversation: ConversationName,
    historyRange: HistoryRange,
    limit: number,
  ): Promise<readonly PlacedRecord[]> {
    return (await this.#account?.historyRange(conversation, historyRange, limit)) ?? [];
  }

  /** The pinned messages of a conversation that this device has, oldest first. */
  async pinned(conversation: ConversationName): Promise<readonly PlacedRecord[]> {
    return (await this.#account?.pinned(conversation)) ?? [];
  }

  /** The last `limit` messages of this device that match `query`, the latest first, or why a search is impossible. */
  async search(
    query: HistoryQuery,
    limit: number,
  ): Promise<Result<readonly PlacedRecord[], SearchLack>> {
    if (this.#account === undefined) return err('nothing-kept');
    const found = await this.#account.search(query, limit);
    return found === undefined ? err('cannot-search') : ok(found);
  }

  /** This device's history as a file, and files into it. Undefined for guests. */
  get archive(): Archive | undefined {
    const { keeping, pins, knownServers, now } = this.#ports;
    const fileImport = this.#account?.fileImport;
    if (fileImport === undefined || keeping === undefined) return undefined;
    const me = this.username;
    const identity = () => knownServers.identityOf(serverKeyOf(this.#settings.address));
    const { store } = keeping;
    const source = {
      me,
      now,
      identity,
      records: () => fileImport.records,
      isSealed: (name: ConversationName) =>
        this.conversations.find((one) => one.name === name)?.isSealed === true,
      historyRange: store.historyRange.bind(store),
      pinOf: (user: Username) => pins.get(user),
    };
    const target = {
      me,
      identity,
      record: fileImport.record.bind(fileImport),
      hasText: fileImport.hasText.bind(fileImport),
      add: fileImport.add.bind(fileImport),
    };
    return new Archive(source, target);
  }

  /** Links to messages. Undefined for guests, of whom nothing is kept. */
  get links(): MessageLinks | undefined {
    const { sha256, knownServers } = this.#ports;
    if (this.#account === undefined || sha256 === undefined) return undefined;
    return new MessageLinks({
      sha256,
      identity: () => knownServers.identityOf(serverKeyOf(this.#settings.address)),
      conversations: () => this.conversations,
      historyRange: (...asked) => this.historyRange(...asked),
    });
  }

  /** Replies, texts of several lines, edits, deletions and reactions. Undefined for guests: version 1 has only texts. */
  get speech(): Speech | undefined {
    const account = this.#account;
    if (!this.#isAccount || account === undefined) return undefined;
    return new Speech({
      me: this.username,
      account,
      refusal: (place) => this.#refusalAt(place),
      hasContents: () =>
        this.state.phase === 'open' ? this.state.features.has('contents') : undefined,
      canExpire: () =>
        this.state.phase === 'open' ? this.state.features.has('expiring') : undefined,
    });
  }

  /** What this account says of earlier messages, and the server does not have yet. */
  get amending(): readonly OwnAmendment[] {
    return this.#account?.amending ?? [];
  }

  /** The root of this account in hex: by it others mention it. Undefined where that is not known. */
  get root(): string | undefined {
    return this.#account?.root;
  }

  /** Who is writing, and who has read how far. Undefined for guests. */
  get signals(): AccountSignals | undefined {
    return this.#isAccount ? this.#account?.signals : undefined;
  }

  /** The person has seen everything of a conversation up to `upTo`, or everything that is here. */
  read(conversation: ConversationName, upTo?: number): void {
    this.#account?.read(conversation, upTo);
  }

  /** Who has an account and who is online. Undefined for guests and without a connection. */
  async listPeople(): Promise<
    | readonly {
        readonly user: Username;
        readonly online: boolean;
        readonly guest?: boolean | undefined;
      }[]
    | undefined
  > {
    return this.#account?.people();
  }

  /** Who is online and who is in which group, as the server reports it to an account. Undefined for guests. */
  get roster(): Roster | undefined {
    return this.#account?.roster;
  }

  /**
   * Who is in a group of this account, or why the server does not say. Undefined for guests and without a connection.
   */
  async listMembers(group: GroupName): Promise<RequestAnswer<'MEMBERS'> | undefined> {
    return this.#account?.members(group);
  }

  /**
   * Refuses everything private from somebody, or accepts it again (`off`). Undefined without a connection. A guest's
   * list is forgotten with this client.
   */
  async block(
    user: Username | undefined,
    off: boolean,
  ): Promise<RequestAnswer<'BLOCK'> | undefined> {
    if (this.#isGuest) return this.#guestBlocks.block(user, off);
    return this.#account?.block(user, off);
  }

  /** Makes a group for invited members only. Undefined for guests and without a connection. */
  async createByInvitation(group: GroupName): Promise<RequestAnswer<'CREATE'> | undefined> {
    this.#wantOpen(group);
    return this.#account?.createByInvitation(group);
  }

  /**
   * Lets somebody enter such a group. Without a name, returns who may enter. Undefined for guests and without a
   * connection.
   */
  async invite(
    group: GroupName,
    user: Username | undefined,
  ): Promise<RequestAnswer<'INVITE'> | undefined> {
    return this.#account?.invite(group, user);
  }

  /** Roles, bans and rules of groups. Undefined for guests and before the login. */
  get governance(): Governance | undefined {
    return this.#account?.governance;
  }

  /** Makes `member` the admin of a group in place of this user. Without a name, the group ends. */
  async handOver(group: string, member: string | undefined): Promise<Result<undefined, string>> {
    const name = parseGroupName(group);
    const user = member === undefined ? undefined : parseUsername(member);
    if (name === undefined) return err(refuseCommand('not-a-group-name').error.hint);
    if (member !== undefined && user === undefined)
      return err(refuseCommand('not-a-username').error.hint);
    const answer = await this.#account?.handOver(name, user);
    if (answer === undefined) {
      const isOpen = this.state.phase === 'open';
      return err(refuseCommand(isOpen ? 'no-account' : 'not-open').error.hint);
    }
    if (answer.ok) return ok(undefined);
    return err(answer.error.code === 'gone' ? 'the connection was lost' : answer.error.text);
  }

  /** Requests who is connected. Answered by a `users` event [7.4]. */
  listUsers(): Sent {
    return this.#send({ verb: 'GET_USERS' }, () => this.#userLists.asked('person'));
  }

  /** [7.6] */
  createGroup(group: string): Sent {
    this.#wantOpen(group);
    return this.#toGroup(group, (group) => ({ verb: 'CREATE_GROUP', group }));
  }

  /** What keeps this login from making sealed groups; undefined: nothing. Only while the client is open. */
  get sealingLack(): SealingLack | undefined {
    const { state } = this;
    if (state.phase !== 'open' || state.as === 'guest') return 'account';
    if (!state.features.has('sealed')) return 'server';
    return this.#account?.sealed === undefined ? 'device' : undefined;
  }

  /** Makes a sealed group, or seals an open one: only its members can read it. Resolves when it is so. */
  async sealGroup(group: string, mode: GroupMode): Promise<Result<undefined, SealedRefusal>> {
    const name = parseGroupName(group);
    if (name === undefined) return refusedHere('not-a-group-name');
    if (this.state.phase !== 'open') return refusedHere('not-open');
    const sealed = this.#account?.sealed;
    if (sealed === undefined || this.sealingLack !== undefined) {
      const text = 'sealed groups need an account, at a server that has them';
      return err({ code: 'no-account', text });
    }
    return sealed.found(name, mode);
  }

  /** Enters a sealed group. `not-sealed`: there is none of that name, and `joinGroup` is the way into others. */
  async joinSealed(group: string): Promise<Result<undefined, string> | 'not-sealed'> {
    const name = parseGroupName(group);
    const sealed = this.#account?.sealed;
    const { state } = this;
    const isThere = state.phase === 'open' && state.features.has('sealed');
    if (name === undefined || sealed === undefined || !isThere) return 'not-sealed';
    const done = await sealed.join(name);
    // They are in an open one already, and take part in it from here on.
    if (done === 'not-sealed') return (await sealed.wantOpen(name)) ? ok(undefined) : done;
    if (done.ok) return done;
    return err(done.error.text);
  }

  /** Whether a group is sealed, as far as this device knows. */
  isSealed(group: GroupName): boolean {
    return this.#account?.sealed?.isSealedGroup(group) === true;
  }

  /** A sealed group as this device knows it, without the server's word. Undefined of one that is not sealed. */
  async sealedView(group: GroupName): Promise<GroupView | undefined> {
    return this.isSealed(group) ? this.#account?.sealed?.view(group) : undefined;
  }

  /** The same without waiting; undefined also where this device has not done anything with it since its start. */
  shownView(group: GroupName): GroupView | undefined {
    return this.#account?.sealed?.engine.shown(groupConversation(group));
  }

  /** Puts a member out of a sealed group, for good. `not-sealed`: it is none, and `kick` is the way. */
  async kickSealed(
    group: string,
    member: string,
  ): Promise<Result<undefined, string> | 'not-sealed'> {
    const [name, user] = [parseGroupName(group), parseUsername(member)];
    if (name === undefined || user === undefined || !this.isSealed(name)) return 'not-sealed';
    const done = await this.#account?.sealed?.kick(name, user);
    if (done === undefined) return err(refuseCommand('not-open').error.hint);
    return done.ok ? done : err(done.error.text);
  }

  /** What is known of the server's list of all devices. Undefined for guests, and where another program has it. */
  async directory(): Promise<DirectoryState | undefined> {
    return this.#account?.directory?.state();
  }

  /** The person takes what the server shows, after an alarm. Whether there was one. */
  async acceptDirectory(): Promise<boolean> {
    return (await this.#account?.directory?.accept()) === true;
  }

  /**
   * Takes a device out of the account for good: it never logs in again, and reads nothing that is sealed from then on.
   * `not-valid`, `gone`, or the server's code where that is not done.
   */
  async revokeDevice(
    key: Uint8Array,
    why: RevokeReason,
  ): Promise<Result<undefined, { readonly code: LinkFailure }>> {
    const revoked = await this.#account?.chains?.own.revoke(key, why);
    if (revoked === undefined) return err({ code: 'gone' });
    return revoked.ok ? ok(undefined) : err({ code: revoked.error });
  }

  /** Takes new devices into the account. Undefined for guests, and where this server or this program does not link. */
  get linking(): DeviceLinking | undefined {
    const { state } = this;
    const canLink = state.phase !== 'open' || state.features.has('devices');
    return this.#isAccount && canLink ? this.#account?.linking : undefined;
  }

  /** Gives the history to other devices of the account, and takes theirs. Undefined where `linking` is. */
  get historyTransfer(): HistoryTransfer | undefined {
    return this.linking && this.#account?.historyTransfer;
  }

  /** Makes recovery words for the account. Undefined where `linking` is. */
  get recovery(): OwnRecovery | undefined {
    return this.linking && this.#account?.recovery;
  }

  /** What was begun to write and not sent, on any device of the account, by place (`lobby`, `#group`, `@person`). */
  get sharedDrafts(): ReadonlyMap<string, string> {
    return this.#account?.drafts.texts ?? new Map<string, string>();
  }

  /** The person has changed what stands there in the input; empty: it was sent or deleted. The other devices hear of it. */
  async drafted(place: string, text: string): Promise<void> {
    const where = parsePlace(place);
    // What another device has written is not being written here, nor is what goes elsewhere.
    const isNew = text !== '' && text !== this.#account?.drafts.texts.get(place);
    if (isNew && where !== undefined && !isAddressed(text)) this.signals?.typing(where);
    // What can't be stored is not told: this client ends then.
    await this.#account?.drafts.typed(place, text).catch(() => {});
  }

  /** Whether what somebody says in the lobby and in groups is hidden. */
  isIgnored(name: string): boolean {
    return this.quiet.isIgnored(name);
  }

  /** After how many seconds disappears what is said at `place`; 0 if it stays. */
  timerAt(place: Place): ExpirySeconds | 0 {
    return this.#account?.expiry.timerOf(conversationOf(this.username, place)) ?? 0;
  }

  /** Backs up the history. Undefined where `linking` is. */
  get vault(): Vault | undefined {
    return this.linking && this.#account?.vault;
  }

  /** [7.7] */
  joinGroup(group: string): Sent {
    this.#wantOpen(group);
    return this.#toGroup(group, (group) => ({ verb: 'JOIN_GROUP', group }));
  }

  /** [7.9] */
  leaveGroup(group: string): Sent {
    return this.#toGroup(group, (group) => ({ verb: 'LEAVE_GROUP', group }));
  }

  /** Removes `member` from a group of which this user is the admin [7.10]. */
  kick(group: string, member: string): Sent {
    const user = parseUsername(member);
    const word = user === undefined ? undefined : parseToken(user);
    if (word === undefined) return refuseCommand('not-a-username');
    return this.#toGroup(group, (group) => ({ verb: 'KICK', group, member: word }));
  }

  /**
   * Leaves: earlier messages to the lobby and to groups still arrive. Live private texts are given up and reported as
   * not delivered, unless the caller waited for `settled` [7.12]. Messages of an account that the server does not have
   * stay on the device.
   */
  async quit(): Promise<void> {
    await this.#files?.close();
    await this.#private?.close();
    await this.#account?.flush();
    this.#link.quit();
  }

  /** Somebody is there, or the network is back: a lost connection is tried again at once. May be called often. */
  hurry(): void {
    this.#link.hurry();
  }

  /** Leaves at once: unsent messages are lost. */
  abort(): void {
    this.#link.abort();
  }

  /** Resolves when there is room to send more, or nothing more can be sent. */
  async ready(): Promise<void> {
    while (this.#isAccount && this.#account?.hasRoom === false && this.state.phase === 'open') {
      await this.#account.change();
    }
    await this.#drained();
  }

  #drained(): Promise<void> {
    if (this.#link.unsentBytes <= sendMarkBytes || this.state.phase === 'closed')
      return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Stops events until `resumeReading`: for a view that cannot draw as fast as others write. */
  pauseReading(): void {
    this.#holdBack('view', true);
  }

  resumeReading(): void {
    this.#holdBack('view', false);
  }

  #holdBack(who: 'view' | 'account', isFull: boolean): void {
    if (isFull) this.#full.add(who);
    else this.#full.delete(who);
    if (this.#full.size > 0) this.#link.pause();
    else this.#link.resume();
  }

  /** A group that was sealed stays so here, until its person enters an open one of its name. */
  #wantOpen(group: string): void {
    const name = parseGroupName(group);
    if (name !== undefined) void this.#account?.sealed?.wantOpen(name);
  }

  #toGroup(group: string, build: (group: GroupName) => Command): Sent {
    const name = parseGroupName(group);
    return name === undefined ? refuseCommand('not-a-group-name') : this.#send(build(name));
  }

  #send(command: Command, then: () => void = () => {}): Sent {
    if (this.state.phase !== 'open') return refuseCommand('not-open');
    const overBytes = encodeUtf8(formatCommand(command)).length - 1 - defaultMaxLineBytes;
    if (overBytes > 0) return refuseLength(overBytes);
    if (this.#link.unsentBytes > sendCapBytes) return refuseCommand('queue-full');
    const send = () => {
      this.#link.send(command);
      then();
    };
    // Earlier messages are sent before it.
    if (this.#isAccount && this.#account !== undefined) this.#account.behind(send);
    else send();
    return ok(undefined);
  }

  /** Sends the server something that it answers. The answer is for nobody. */
  #probe(): void {
    if (this.#isAccount) void this.#account?.connections();
    else if (!this.#userLists.isAwaited) {
      this.#userLists.asked('client', probeTimeoutMs);
      this.#link.send({ verb: 'GET_USERS' });
    }
  }

  get #isAccount(): boolean {
    return this.#as === 'account' && this.#account !== undefined;
  }

  get #isGuest(): boolean {
    return this.state.phase === 'open' && this.#as === 'guest';
  }

  /** Why there are no private messages. */
  get #noPrivate(): 'not-open' | 'private-elsewhere' {
    return this.state.phase === 'open' ? 'private-elsewhere' : 'not-open';
  }

  /** Whether the person has quit. A connection that ends otherwise is followed by another one. */
  get #isLeaving(): boolean {
    return this.state.phase === 'closing' && this.state.reason.code === 'quit';
  }

  /** Sends a message of an account. Undefined for guests. */
  #say(place: Place, content: MessageContent): SaidAs | undefined {
    const { phase } = this.state;
    if (!this.#isAccount || this.#account === undefined) return undefined;
    if (phase === 'closed' || this.#isLeaving) return refuseCommand('not-open');
    const overBytes =
      encodeUtf8(longestSend(place, textOf(content))).length - 1 - defaultMaxLineBytes;
    return overBytes > 0 ? refuseLength(overBytes) : this.#account.say(place, content);
  }

  #sayPrivately(user: string, text: string): Result<string, CommandRefusal> {
    const name = parseUsername(user);
    const { phase } = this.state;
    if (this.#account === undefined || phase === 'closed' || this.#isLeaving) {
      return refuseCommand('not-open');
    }
    if (this.#settings.account?.takesPrivate !== true) return refuseCommand('private-elsewhere');
    if (name === undefined) return refuseCommand('not-a-username');
    if (name === this.#settings.username) return refuseCommand('to-yourself');
    if (parseLineText(text) === undefined) return refuseText(text);
    const overBytes = encodeUtf8(text).length - maxDirectTextBytes;
    if (overBytes > 0) return refuseLength(overBytes);
    return this.#account.say({ kind: 'direct', user: name }, textContent(text));
  }

  /** Why an account may say nothing there, if it may not. */
  #refusalAt(place: Place): CommandRefusal | undefined {
    if (this.state.phase === 'closed' || this.#isLeaving) return refuseCommand('not-open').error;
    if (place.kind !== 'direct') return undefined;
    if (this.#settings.account?.takesPrivate !== true)
      return refuseCommand('private-elsewhere').error;
    return place.user === this.username ? refuseCommand('to-yourself').error : undefined;
  }

  /** Whether something in the outbox makes progress within that time. */
  async #moves(withinMs: number): Promise<boolean> {
    let isOver = false;
    let cancel = () => {};
    const tooLate = new Promise<void>((resolve) => {
      cancel = this.#ports.timers.after(withinMs, () => {
        isOver = true;
        resolve();
      });
    });
    await Promise.race([this.#account?.change(), tooLate]);
    cancel();
    return !isOver;
  }

  #openAccount(): AccountSync | undefined {
    const { account: wish, username: me, address } = this.#settings;
    const { keeping, timers, now, random, suite, device, sha256, linkingCiphers, knownServers } =
      this.#ports;
    const { bytesMover: mover, compression, vaultFile, backupFiles } = this.#ports;
    const { directory } = this.#ports;
    if (wish === undefined || keeping === undefined) return undefined;
    return new AccountSync({
      me,
      keeping,
      direct: wish.takesPrivate
        ? { suite, device, me, now, random, trusts: this.#trusts }
        : undefined,
      sha256,
      directory,
      linking: linkingCiphers && {
        ciphers: linkingCiphers,
        server: async () => knownServers.identityOf(serverKeyOf(address)),
      },
      blobs: mover && { mover, server: () => this.#blobServer() },
      compression,
      vaultFile,
      backupFiles,
      hasSignals: () => this.state.phase === 'open' && this.state.features.has('signals'),
      timers,
      now,
      random,
      emit: (event) => this.#emit(event),
      toGuest: (user, own) =>
        this.#guestTexts.handedOver(own, this.#private?.send(user, textOf(own.content))),
      note: (news) => this.#files?.noted(news),
      willBeSaid: (news) => this.#willBeSaid(news),
      noteElsewhere: (user, id, note) => this.#notes?.handOver(user, id, note),
      full: (isFull) => this.#holdBack('account', isFull),
      failed: (cause) => this.#link.giveUp(storeFailure(cause)),
    });
  }

  /** Where the ports of this connection's server are, if it keeps blobs. */
  #blobServer(): ((port: number) => TransferPlace) | undefined {
    const { state } = this;
    if (state.phase !== 'open' || !state.features.has('blobs')) return undefined;
    const server = {
      host: this.#settings.address.host,
      fingerprint: this.#link.fingerprint,
      vouches: (shown: Uint8Array) => vouches(this.#settings, this.#ports, shown),
    };
    return (port) => ({ ...server, port });
  }

  /** Emits an event of the account, and passes it to the other parts of the client. */
  #emit(event: ClientEvent): void {
    if (event.type === 'private') this.#files?.privateHeard(event.event);
    if (event.type === 'own') this.#files?.ownHeard(event.message);
    if (event.type === 'expired') this.#files?.expired(event.messages);
    this.#knownSenders?.heard(event);
    if (event.type === 'message') this.#v1Lines.saw(event.message.from);
    if (event.type === 'member') this.people.saw(event.user);
    if (event.type === 'presence') this.#sawPeople(event.changed);
    if (event.type === 'own' && event.message.state === 'stored') {
      const { place } = event.message;
      if (place.kind === 'direct') this.people.saw(place.user);
    }
    this.#sink(event);
  }

  /** The names of a list, its first ones as the last seen; or of people whose presence has changed. */
  #sawPeople(changed: readonly ChangedPerson[] | undefined): void {
    const listed = [...(this.roster?.people.keys() ?? [])].reverse();
    for (const user of changed?.map(({ user }) => user) ?? listed) this.people.saw(user);
    for (const { user, online } of changed ?? []) {
      if (online) this.#files?.cameBack(user);
      else this.#files?.leftHere(user);
    }
  }

  /** Where nobody can be asked now, the next login does it. */
  async #willBeSaid(news: KeptNews): Promise<void> {
    if (this.#files !== undefined) {
      await this.#files.willBeSaid(news);
      return;
    }
    const { files, fileRecords = files?.store, now } = this.#ports;
    // What cannot be remembered is in the conversation all the same.
    await fileRecords?.put(recordOf(news, now())).catch(() => {});
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  async #stateChanged(state: ClientState): Promise<void> {
    if (state.phase === 'open') {
      this.#as = state.as;
      this.#login(state.username, state);
    }
    if (state.phase === 'closed' || state.phase === 'waiting') {
      this.#release();
      this.#userLists.clear();
      const ended = [this.#files, this.#private];
      this.#files = undefined;
      this.#notes = undefined;
      this.#private = undefined;
      this.#account?.logout();
      // So that the end is reported last, after its effects on files and private texts.
      for (const side of ended) if (side !== undefined) await side.close();
      if (state.phase === 'closed' && this.#account !== undefined) await this.#account.close();
    }
    this.#sink({ type: 'state', state });
    if (state.phase === 'open') this.#welcomed();
  }

  /** What an account missed is reported after its login. */
  #welcomed(): void {
    const { welcome } = this.#link;
    if (!this.#isAccount || welcome === undefined) return;
    if (this.#settings.account?.takesPrivate !== true) this.#sink({ type: 'private-elsewhere' });
    for (const { place } of this.conversations) {
      if (place.kind === 'direct') this.people.saw(place.user);
    }
    this.#account?.login(welcome, (line) => this.#link.write(line));
  }

  #login(me: Username, greeting: Greeting): void {
    const send = (command: Command) => {
      if (command.verb === 'GET_USERS') {
        // One answer is as good as another.
        if (this.#userLists.isAwaited) return;
        this.#userLists.asked('client');
      }
      this.#link.send(command);
    };
    // An account's may be for another of its connections.
    if (this.#isAccount && this.#settings.account?.takesPrivate !== true) return;
    const sink: ClientEventSink = (event) => {
      if (event.type === 'private') {
        this.#files?.privateHeard(event.event);
        this.#guestTexts.receive(event.event);
      }
      this.#sink(event);
    };
    const known = { shown: this.#shown, trusts: this.#trusts };
    const liveMessages = new LiveMessages(me, this.#ports, known, send, sink, (news) =>
      this.#notes?.fromLive(news),
    );
    const account = this.#isAccount ? this.#account : undefined;
    const notes = new NoteCarrier({
      account,
      live: liveMessages,
      receive: (news) => this.#files?.noted(news),
    });
    this.#private = liveMessages;
    this.#notes = notes;
    const { files } = this.#ports;
    if (files === undefined || this.#knownSenders === undefined) return;
    this.#files = new LoginFiles({
      me,
      files,
      knownSenders: this.#knownSenders,
      ports: this.#ports,
      greeting,
      host: this.#settings.address.host,
      fingerprint: this.#link.fingerprint,
      vouches: (fingerprint) => vouches(this.#settings, this.#ports, fingerprint),
      liveMessages,
      sendNote: (to, note) => notes.send(to, note),
      sayFile: (to, id, file) => account?.sayFile(to, id, file),
      keptFiles: account?.keptFiles,
      standingOfMember: (user, key) => this.#trusts.standingOfMember(user, key),
      isSealed: (group) => this.isSealed(group),
      wanted: (user) => this.#trusts.of(user).wanted(),
      send,
      sink,
    });
  }
}

function refusedHere(code: 'not-open' | 'not-a-group-name'): Err<SealedRefusal> {
  const { hint } = refuseCommand(code).error;
  return err({ code, text: hint });
}

/** The line of a SEND, with the longest possible label and id. */
function longestSend(place: Place, text: string): string {
  const id = `${'x'.repeat(22)}.${Number.MAX_SAFE_INTEGER}`.slice(0, 38);
  const label = 'z'.repeat(11);
  return formatRequest('SEND', { in: formatPlace(place), id, label, text });
}

function storeFailure(cause: unknown): CloseReason {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return { code: 'store-failed', failure: { code: 'EIO', detail } };
}
