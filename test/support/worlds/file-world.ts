// People with transfers, a server that knows version 1's 7.11, encrypted notes, and disks: all in memory, with a clock
// that a test advances. Lines and notes between two people keep their order, as on a connection. Files move from one
// disk to the other in steps, and a test may break a transfer off between any two.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import type { FileContent } from '../../../src/client/content.ts';
import type { NoteProgress } from '../../../src/client/files/notes/note-post.ts';
import type {
  DiskProblem,
  KnownSenderRecord,
  FileCarrier,
  FileJob,
  Landing,
  LandingOrder,
  LandingOutcome,
  ReceiveOutcome,
  SendOutcome,
} from '../../../src/client/files/ports.ts';
import { decodeRecord, encodeRecord } from '../../../src/client/files/records.ts';
import type { SourceProblem } from '../../../src/client/files/source.ts';
import type { Transfer, TransferEvent } from '../../../src/client/files/transfer.ts';
import { KnownSenders } from '../../../src/client/files/known-senders.ts';
import { Transfers } from '../../../src/client/files/transfers.ts';
import type { KeyStanding } from '../../../src/client/encryption/trust/key-events.ts';
import { saltOf, type ChunkSalt } from '../../../src/e2ee/files/kept-layout.ts';
import { KeptServer, type KeptChunk, type SaidParcel } from './kept-server.ts';
import { chunkBytes, chunkCount } from '../../../src/e2ee/files/file-layout.ts';
import type { Command } from '../../../src/wire/commands.ts';
import type { Username } from '../../../src/wire/text.ts';
import { FakeTimers } from '../fake-timers.ts';

const lost = {
  kind: 'lost',
  failure: { code: 'ECONNRESET', detail: 'the connection was cut' },
} as const;
const delivered = 'FILE_STATUS file has successfully been delivered!';
const corrupted = 'FILE_STATUS File has been corrupted and not delivered!';

interface NoteParcel {
  readonly kind: 'note';
  readonly from: string;
  readonly bytes: Uint8Array;
  readonly key: Uint8Array;
  /** Of one that the server keeps until it was delivered; with what tells its sender. */
  readonly kept?: { readonly delivered: () => void };
}

/** Something on its way to a person. */
type Parcel =
  | { readonly kind: 'line'; readonly from: string; readonly command: Command }
  | { readonly kind: 'port'; readonly token: string; readonly peer: string; readonly port: number }
  | { readonly kind: 'own-port'; readonly port: number }
  | { readonly kind: 'refused'; readonly code: 'no-such-user' | 'no-such-offer' }
  | { readonly kind: 'users'; readonly names: readonly string[] }
  | NoteParcel
  | SaidParcel
  | { readonly kind: 'came' | 'left'; readonly user: Username }
  | { readonly kind: 'fate'; readonly event: NoteProgress };

interface Side<Outcome> {
  readonly done: (outcome: Outcome) => void;
  readonly onProgress: (bytes: number) => void;
  /** Everything has arrived and the disk works on the last part: nothing stops that any more. */
  isFinishing?: boolean;
}

/** A transfer port and what moves through it. */
interface Port {
  sender?: Side<SendOutcome> & {
    readonly content: Buffer;
    readonly fromChunk: number;
    readonly salt: string | undefined;
  };
  receiver?: Side<ReceiveOutcome> & {
    readonly landing: MemoryLanding;
    readonly salts: readonly ChunkSalt[] | undefined;
  };
}

class MemoryLanding implements Landing {
  readonly disk: Disk;
  readonly order: LandingOrder;
  /** As it was when the place was opened. Later chunks are not part of it. */
  readonly chunks: number;
  readonly #isPlaced: boolean;

  constructor(disk: Disk, order: LandingOrder) {
    this.disk = disk;
    this.order = order;
    this.#isPlaced = disk.placed.has(order.id);
    const { length } = this.content;
    this.chunks =
      length === order.size && length > 0 ? chunkCount(length) : Math.floor(length / chunkBytes);
  }

  get content(): Buffer {
    return this.disk.parts.get(this.order.id) ?? Buffer.alloc(0);
  }

  write(bytes: Buffer): DiskProblem | undefined {
    if (this.disk.isFull) return { code: 'no-space' };
    this.disk.parts.set(this.order.id, Buffer.concat([this.content, bytes]));
    return undefined;
  }

  async finish(): Promise<LandingOutcome> {
    const { id, name, sha256, size } = this.order;
    await this.disk.flushed;
    const found = this.content;
    const hash = createHash('sha256').update(found).digest();
    if (found.length !== size || !hash.equals(sha256)) {
      this.disk.parts.set(id, Buffer.alloc(0));
      return { kind: 'corrupted', found: 'whole' };
    }
    // If it was opened after it got its name, it is found under that, as on a disk with links.
    if (!this.#isPlaced) {
      this.disk.placed.add(id);
      this.disk.saved.push({ name, content: found });
    }
    return { kind: 'saved', path: `/downloads/${name}` };
  }

  async close(): Promise<void> {}
  async discard(): Promise<void> {
    this.disk.parts.delete(this.order.id);
  }
}

class Disk {
  readonly files = new Map<string, { content: Buffer; modified: string }>();
  readonly parts = new Map<string, Buffer>();
  readonly placed = new Set<string>();
  readonly saved: { readonly name: string; readonly content: Buffer }[] = [];
  readonly records = new Map<string, string>();
  /** Everybody has written to everybody, unless a test changes that. */
  knownSenders: readonly KnownSenderRecord[] = ['alice', 'bob', 'carol', 'mallory'].map((user) => ({
    user,
    takenBytes: 0,
    isWrittenTo: true,
  }));
  isFull = false;
  /** Before this resolves, no file gets its name. */
  flushed: Promise<void> = Promise.resolve();
}

export class FilePerson {
  readonly world: FileWorld;
  readonly name: Username;
  key = randomBytes(32);
  readonly disk = new Disk();
  readonly events: TransferEvent[] = [];
  /** Files in the conversations with others, by the ids of their transfers. */
  readonly said = new Map<string, FileContent>();
  /** Untrusted keys of others. */
  readonly untrusted = new Set<string>();
  readonly inbox: Parcel[] = [];
  /** What the server keeps for this person, where it keeps notes. */
  readonly kept: (NoteParcel | SaidParcel)[] = [];
  acceptUpTo = 1_000_000_000;
  transfers: Transfers | undefined;
  /** A new one for each login, so that everything of an earlier one is lost. */
  login = 0;

  constructor(world: FileWorld, name: string) {
    this.world = world;
    this.name = name as Username;
  }

  /** The states that people saw, without progress. */
  get story(): string[] {
    return this.events.flatMap((event) => {
      if (event.type !== 'transfer') return [event.type];
      if (event.change === 'progress') return [];
      const { state } = event.transfer;
      const why =
        'reason' in state ? `${state.reason} by ${state.by}` : 'why' in state ? state.why : '';
      return [why === '' || why === undefined ? state.phase : `${state.phase}: ${why}`];
    });
  }

  get shown(): readonly Transfer[] {
    return this.transfers?.list ?? [];
  }

  file(path: string, content: Buffer): void {
    this.disk.files.set(path, { content, modified: '1' });
  }

  enter(): void {
    const { world } = this;
    const login = ++this.login;
    const isCurrent = (): boolean => this.login === login;
    const knownSenders = this.#knownSenders();
    this.transfers = new Transfers({
      me: this.name,
      timers: world.timers,
      now: () => world.timers.now,
      random: (length) => randomBytes(length),
      server: {
        passesBytes: world.passesBytes,
        place: (port) => ({ host: 'server', port, fingerprint: undefined }),
      },
      files: {
        carrier: this.carrier(login),
        store: this.#store(),
        knownSenders,
        acceptUpTo: this.acceptUpTo,
      },
      knownSenders: new KnownSenders(this.acceptUpTo, knownSenders),
      say: (command) => isCurrent() && world.line(this, command),
      sendNote: (to, bytes) => world.note(this, to, bytes),
      sayFile: (_to, id, file) => void this.said.set(id, file),
      keptFiles: world.keepsFiles ? world.keptServer.of(this) : undefined,
      standingOfMember: async () => 'pinned',
      standing: async (_, key): Promise<KeyStanding> =>
        this.untrusted.has(Buffer.from(key).toString('hex')) ? 'changed' : 'pinned',
      askUsers: () => isCurrent() && world.users(this),
      emit: (event) => this.events.push(event),
    });
    this.inbox.push(...this.kept);
    world.came(this);
  }

  /** Leaves. If killed, the program does not even tidy up. */
  async leave(how: 'quit' | 'killed'): Promise<void> {
    const { transfers } = this;
    this.transfers = undefined;
    this.login += 1;
    this.inbox.length = 0;
    this.world.gone(this);
    if (how === 'quit') await transfers?.close();
    else void transfers?.close();
  }

  #knownSenders() {
    const { disk } = this;
    return {
      load: async () => disk.knownSenders,
      keep: async (records: readonly KnownSenderRecord[]) => void (disk.knownSenders = records),
    };
  }

  #store() {
    const { records } = this.disk;
    return {
      load: async () =>
        [...records.values()].map((text) => {
          const record = decodeRecord(text);
          assert.ok(record);
          return record;
        }),
      put: async (record: Parameters<typeof encodeRecord>[0]) =>
        void records.set(`${record.kind}-${record.id}`, encodeRecord(record)),
      remove: async ({ kind, id }: { kind: string; id: string }) =>
        void records.delete(`${kind}-${id}`),
    };
  }

  /** The platform's part of the transfers of a login. */
  carrier(login = this.login): FileCarrier {
    const { disk, world } = this;
    const find = (
      path: string,
      modified?: string,
    ): { content: Buffer; modified: string } | SourceProblem => {
      const file = disk.files.get(path);
      if (file === undefined) return { code: 'missing' };
      return modified !== undefined && file.modified !== modified ? { code: 'changed' } : file;
    };
    return {
      inspect: async (path) => {
        const file = find(path);
        if ('code' in file) return { ok: false, error: file };
        const { content, modified } = file;
        return {
          ok: true,
          value: { path, name: path.split('/').at(-1) ?? '', size: content.length, modified },
        };
      },
      hash: (source) =>
        at(async () => {
          const file = find(source.path, source.modified);
          if ('code' in file) return { ok: false, error: file };
          return { ok: true, value: createHash('sha256').update(file.content).digest() };
        }),
      land: (order) =>
        at(async () =>
          disk.isFull
            ? { ok: false, error: { code: 'no-space' } }
            : { ok: true, value: new MemoryLanding(disk, order) },
        ),
      send: ({ place, source, fromChunk, salt }, onProgress) => {
        const file = find(source.path, source.modified);
        if ('code' in file) return at(async () => ({ kind: 'source', problem: file }));
        return world.come<SendOutcome>(this, login, place.port, 'sender', (done) => ({
          done,
          onProgress,
          content: file.content,
          fromChunk,
          salt: salt && Buffer.from(salt).toString('hex'),
        }));
      },
      receive: (landing, { place, salts }, onProgress) => {
        assert.ok(landing instanceof MemoryLanding);
        return world.come<ReceiveOutcome>(this, login, place.port, 'receiver', (done) => ({
          done,
          onProgress,
          landing,
          salts,
        }));
      },
      forget: async (id) => void disk.parts.delete(id),
      sha256: async (bytes) => createHash('sha256').update(bytes).digest(),
    };
  }
}

export class FileWorld {
  readonly timers = new FakeTimers();
  readonly people = new Map<string, FilePerson>();
  passesBytes = true;
  /** Notes are kept for those who are away, as between accounts; and who comes is announced. */
  keepsNotes = false;
  /** The server keeps files, for accounts. */
  keepsFiles = false;
  readonly keptServer = new KeptServer(this);
  /** Ports of kept files, with their ids. */
  readonly keptPorts = new Map<number, string>();
  readonly #offers = new Set<string>();
  readonly #ports = new Map<number, Port>();
  #nextPort = 1;
  #nextNote = 1;

  join(name: string): FilePerson {
    const person = new FilePerson(this, name);
    this.people.set(name, person);
    person.enter();
    return person;
  }

  #here(name: string): FilePerson | undefined {
    const person = this.people.get(name);
    return person?.transfers === undefined ? undefined : person;
  }

  line(from: FilePerson, command: Command): void {
    if (command.verb === 'FILE_TRANS') {
      const to = this.#here(command.to);
      if (to === undefined) from.inbox.push({ kind: 'refused', code: 'no-such-user' });
      else {
        this.#offers.add(`${from.name} ${to.name} ${command.metadata}`);
        to.inbox.push({ kind: 'line', from: from.name, command });
      }
    } else if (command.verb === 'READY_FOR_FILE') {
      const sender = this.#here(command.from);
      const offer = `${command.from} ${from.name} ${command.metadata}`;
      if (sender === undefined || !this.#offers.delete(offer)) {
        from.inbox.push({ kind: 'refused', code: 'no-such-offer' });
        return;
      }
      const port = this.openPort();
      sender.inbox.push({ kind: 'port', token: command.metadata, peer: from.name, port });
      from.inbox.push({ kind: 'own-port', port });
    } else assert.fail(`a line that is not about files: ${command.verb}`);
  }

  /** Opens a transfer port. */
  openPort(): number {
    const port = this.#nextPort++;
    this.#ports.set(port, {});
    return port;
  }

  note(from: FilePerson, name: string, bytes: Uint8Array): string {
    const id = `n${this.#nextNote++}`;
    const to = this.#here(name);
    const fate = (event: NoteProgress): void => void from.inbox.push({ kind: 'fate', event });
    const addressee = this.people.get(name);
    if (this.keepsNotes && addressee !== undefined) {
      const { login } = from;
      const delivered = (): void => {
        if (from.login === login) fate({ id, is: 'delivered' });
      };
      const note = { kind: 'note', from: from.name, bytes, key: from.key } as const;
      const parcel = { ...note, kept: { delivered } };
      addressee.kept.push(parcel);
      fate({ id, is: 'stored' });
      to?.inbox.push(parcel);
      return id;
    }
    if (to === undefined) {
      fate({ id, is: 'failed', why: 'no-such-user' });
      return id;
    }
    fate({ id, is: 'sent' });
    to.inbox.push({ kind: 'note', from: from.name, bytes, key: from.key });
    fate({ id, is: 'delivered' });
    return id;
  }

  users(from: FilePerson): void {
    const names = [...this.people.values()]
      .filter(({ transfers }) => transfers)
      .map(({ name }) => name);
    from.inbox.push({ kind: 'users', names });
  }

  /** Somebody is here: those who follow are told. */
  came({ name }: FilePerson): void {
    this.#tellOthers('came', name);
  }

  #tellOthers(kind: 'came' | 'left', user: Username): void {
    if (!this.keepsNotes) return;
    for (const other of this.people.values()) {
      if (other.transfers && other.name !== user) other.inbox.push({ kind, user });
    }
  }

  /** A person's connection has ended, and with it their offers. */
  gone({ name }: FilePerson): void {
    this.#tellOthers('left', name);
    for (const offer of this.#offers)
      if (offer.split(' ').slice(0, 2).includes(name)) this.#offers.delete(offer);
  }

  come<Outcome extends { readonly kind: string }>(
    person: FilePerson,
    login: number,
    number: number,
    side: 'sender' | 'receiver',
    make: (
      done: (outcome: Outcome) => void,
    ) => NonNullable<Port['sender']> | NonNullable<Port['receiver']>,
  ): FileJob<Outcome> {
    let finish: (outcome: Outcome) => void = () => {};
    const outcome = new Promise<Outcome>((resolve) => (finish = resolve));
    const done = (outcome: Outcome): void => {
      if (person.login === login) finish(outcome);
    };
    const port = this.#ports.get(number);
    const end = make(done);
    if (port === undefined) finish(lost as unknown as Outcome);
    else Object.assign(port, { [side]: end });
    return {
      outcome,
      cancel: () => {
        if (end.isFinishing) return;
        finish({ kind: 'cancelled' } as unknown as Outcome);
        this.cut(number, side);
      },
    };
  }

  /** The numbers of ports that are in use, or will be. */
  get moving(): number[] {
    return [...this.#ports.keys()];
  }

  /** Breaks a transfer off. `by` is the side that knows already. */
  cut(number: number, by?: 'sender' | 'receiver'): void {
    const port = this.#ports.get(number);
    this.#ports.delete(number);
    if (by !== 'sender') port?.sender?.done(lost);
    if (by !== 'receiver' && !port?.receiver?.isFinishing) port?.receiver?.done(lost);
  }

  /** Moves one chunk through a port. */
  async move(number: number, alter: (chunk: Buffer) => Buffer = (chunk) => chunk): Promise<void> {
    const port = this.#ports.get(number);
    const keptId = this.keptPorts.get(number);
    if (keptId !== undefined) {
      await this.#moveKept(number, keptId, alter);
      return;
    }
    if (port?.sender === undefined || port.receiver === undefined) return;
    const { sender, receiver } = port;
    const { landing } = receiver;
    const at = landing.content.length;
    assert.ok(at >= sender.fromChunk * chunkBytes, 'the sender begins where the receiver said');
    const end = Math.min(at + chunkBytes, sender.content.length);
    const original = sender.content.subarray(at, end);
    const chunk = alter(original);
    const status = (line: string): void => {
      this.#ports.delete(number);
      sender.done({ kind: 'answered', line });
    };
    if (!chunk.equals(original)) {
      receiver.done({ kind: 'corrupted', found: 'stream' });
      status(corrupted);
      return;
    }
    const problem = landing.write(chunk);
    if (problem !== undefined) {
      receiver.done({ kind: 'disk', problem });
      status(corrupted);
      return;
    }
    sender.onProgress(end);
    receiver.onProgress(end);
    if (end < sender.content.length) return;
    receiver.isFinishing = true;
    const outcome = await landing.finish();
    receiver.done(outcome);
    status(outcome.kind === 'saved' ? delivered : corrupted);
  }

  /** Moves one chunk of a file between the server that keeps it and somebody. */
  async #moveKept(number: number, id: string, alter: (chunk: Buffer) => Buffer): Promise<void> {
    const { sender, receiver } = this.#ports.get(number) ?? {};
    const kept = this.keptServer.files.get(id);
    if (kept === undefined || (sender === undefined && receiver === undefined)) {
      if (kept === undefined) this.cut(number);
      return;
    }
    const at = sender === undefined ? (receiver?.landing.content.length ?? 0) : kept.chunks.length;
    if (sender !== undefined) {
      const { content, salt = '' } = sender;
      assert.ok(at >= sender.fromChunk, 'the sender begins where the server ends');
      const chunk = alter(content.subarray(at * chunkBytes, (at + 1) * chunkBytes));
      this.keptServer.append(id, { content: chunk, salt }, content.length);
      sender.onProgress(Math.min(content.length, (at + 1) * chunkBytes));
      if (kept.size === undefined) return;
      this.#ports.delete(number);
      sender.done({ kind: 'sent' });
      return;
    }
    if (receiver !== undefined) await this.#fetchKept(number, kept.chunks, receiver, alter);
  }

  async #fetchKept(
    number: number,
    chunks: readonly KeptChunk[],
    receiver: NonNullable<Port['receiver']>,
    alter: (chunk: Buffer) => Buffer,
  ): Promise<void> {
    const { landing, salts = [] } = receiver;
    const which = Math.floor(landing.content.length / chunkBytes);
    const chunk = chunks[which];
    assert.ok(chunk, 'nothing is fetched that is not kept');
    const salt = saltOf(salts, which);
    const content = alter(chunk.content);
    const isTrue = salt !== undefined && Buffer.from(salt).toString('hex') === chunk.salt;
    const end = (outcome: ReceiveOutcome): void => {
      this.#ports.delete(number);
      receiver.done(outcome);
    };
    if (!isTrue || !content.equals(chunk.content)) {
      end({ kind: 'corrupted', found: 'stream' });
      return;
    }
    const problem = landing.write(content);
    if (problem !== undefined) {
      end({ kind: 'disk', problem });
      return;
    }
    receiver.onProgress(landing.content.length);
    if (which + 1 < chunks.length) return;
    receiver.isFinishing = true;
    end(await landing.finish());
  }

  /** The server ends whatever moves of a kept file. */
  cutKept(id: string): void {
    for (const [number, other] of this.keptPorts) if (other === id) this.cut(number);
  }

  /** Lets everybody finish their current work. */
  async breathe(): Promise<void> {
    await new Promise(setImmediate);
  }

  /** Delivers the first parcel of `person`. */
  async deliver(person: FilePerson): Promise<void> {
    const parcel = person.inbox.shift();
    const { transfers } = person;
    if (parcel === undefined || transfers === undefined) return;
    switch (parcel.kind) {
      case 'line':
        assert.ok(parcel.command.verb === 'FILE_TRANS');
        transfers.receive({
          verb: 'FILE_TRANS',
          from: parcel.from as Username,
          metadata: parcel.command.metadata,
        });
        break;
      case 'port':
        transfers.receive({
          verb: 'READY_FOR_FILE',
          to: parcel.peer as Username,
          metadata: parcel.token as never,
          port: parcel.port,
        });
        break;
      case 'own-port':
        transfers.receive({ verb: 'OPEN_PORT_TO_RECEIVE', port: parcel.port });
        break;
      case 'refused':
        transfers.refused(parcel.code);
        break;
      case 'users':
        transfers.usersHeard(parcel.names as Username[]);
        break;
      case 'note': {
        const standing = person.untrusted.has(Buffer.from(parcel.key).toString('hex'))
          ? 'changed'
          : 'pinned';
        if (parcel.kept === undefined) transfers.heardFrom(parcel.from as Username);
        const isStored = parcel.kept !== undefined;
        const origin = { key: parcel.key, standing, isStored } as const;
        if (parcel.kept !== undefined) {
          person.kept.splice(person.kept.indexOf(parcel), 1);
          parcel.kept.delivered();
        }
        await transfers.noted(parcel.from as Username, parcel.bytes, origin);
        break;
      }
      case 'said':
        await transfers.willBeSaid(parcel.news);
        if (person.transfers !== transfers) return;
        person.kept.splice(person.kept.indexOf(parcel), 1);
        await transfers.said(parcel.news);
        break;
      case 'came':
        transfers.peerRestarted(parcel.user);
        transfers.heardFrom(parcel.user);
        break;
      case 'left':
        transfers.leftHere(parcel.user);
        break;
      case 'fate':
        transfers.noteHeard(parcel.event);
    }
    await this.breathe();
  }

  /** Delivers and moves everything, until nothing is left to do. */
  async settle(): Promise<void> {
    await this.breathe();
    for (let turn = 0; turn < 10_000; turn++) {
      const waiting = [...this.people.values()].find(
        ({ inbox, transfers }) => transfers && inbox.length > 0,
      );
      const ready = this.moving.find((number) => {
        const port = this.#ports.get(number);
        const sides = [port?.sender, port?.receiver].filter((side) => side !== undefined);
        return sides.length === (this.keptPorts.has(number) ? 1 : 2);
      });
      if (waiting !== undefined) await this.deliver(waiting);
      else if (ready !== undefined) await this.move(ready);
      else return;
      await this.breathe();
    }
    assert.fail('it never comes to rest');
  }

  /** Lets time pass, in steps, with everything settled in between. */
  async pass(ms: number, stepMs = 500): Promise<void> {
    await this.settle();
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.timers.advance(stepMs);
      await this.settle();
    }
  }
}

function at<T>(work: () => Promise<T>): FileJob<T> {
  return { outcome: work(), cancel: () => {} };
}
