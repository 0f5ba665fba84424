// The side of the control socket that has the account open: other programs of the same person have it send texts and
// files. Owns who asked for what, so that each hears what becomes of its own and of nothing else. What is sent goes the
// way of what the person sends here, and is shown here as that is. Nothing of what others say goes over the socket.

import { err } from '../../lib/result.ts';
import { lobbyGroup, type Place } from '../../wire/extended/names.ts';
import { soft } from '../../wire/replies.ts';
import type { ChatClient, SaidAs } from '../chat-client.ts';
import type { ClientEvent, ClientEventSink, OwnMessage, PrivateEvent } from '../client-event.ts';
import type { ClientState } from '../client-state.ts';
import type { Verdict } from '../commands/actions.ts';
import { refuseCommand, type CommandRefusal } from '../command-refusal.ts';
import { peerAt } from '../files/file-peer.ts';
import type { Timers } from '../ports.ts';
import { isOver, type Transfer, type TransferEvent } from '../files/transfer.ts';
import { v1ReplyTo, excerpt, whereTo } from '../wording/present-own.ts';
import { notDeliveredWords, presentPrivate } from '../wording/present-private.ts';
import { contentWords } from '../wording/content-words.ts';
import {
  formatControlAnswer,
  parseControlRequest,
  type ControlWord,
  type ReadControlRequest,
} from './control-lines.ts';

/** How long a program that asks waits for texts that do not move. */
const settleMs = 6_000;

/** What the handler needs of a client. */
export type ControlledClient = Pick<
  ChatClient,
  | 'as'
  | 'broadcast'
  | 'files'
  | 'groupMessage'
  | 'people'
  | 'privateMessage'
  | 'ready'
  | 'settled'
  | 'speech'
  | 'state'
  | 'unsent'
  | 'username'
>;

export interface ControlHandlerOptions {
  /** Whether the client has the ports for files. */
  readonly files: boolean;
  /** Whether the program stays until its person leaves. */
  readonly stays: boolean;
  readonly timers: Timers;
  /** To the view of this program. */
  readonly sink: ClientEventSink;
}

/** Does what `/link` does. */
type Link = (typed: string) => Promise<Verdict>;

/** One program that is connected. */
export interface ControlCall {
  /** A line of it. Resolves when the next one can be taken. */
  line(line: string): Promise<void>;
  /** It has gone. What it asked for is sent all the same. */
  gone(): void;
}

/** The connection to it. */
export interface ControlWriter {
  write(line: string): void;
  /** Whether it does not read what is written. */
  isBehind(): boolean;
  end(): void;
}

export class ControlHandler {
  readonly options: ControlHandlerOptions;
  readonly #calls = new Set<Call>();
  #client: ControlledClient | undefined;
  #link: Link | undefined;
  #changed: (() => void)[] = [];

  constructor(options: ControlHandlerOptions) {
    this.options = options;
  }

  /** Before this nobody is answered. */
  serve(client: ControlledClient, link?: Link): void {
    this.#client = client;
    this.#link = link;
    this.#change();
  }

  /** What is typed after `/link`. */
  async link(typed: string): Promise<Verdict> {
    return (await this.#link?.(typed)) ?? err('that program links no devices');
  }

  meantBy(name: string): string | undefined {
    return this.#client?.people.meantBy(name);
  }

  /** Another program has had it said here. */
  said(place: Place, text: string): void {
    const from = this.#client?.username;
    if (from === undefined) return;
    this.options.sink({ type: 'said-beside', from, place, text });
  }

  /** What the client has told its view. */
  receive(event: ClientEvent): void {
    for (const call of this.#calls) call.receive(event);
    if (event.type === 'state' || event.type === 'own') this.#change();
  }

  open(writer: ControlWriter): ControlCall {
    const call = new Call(this, writer, () => this.#calls.delete(call));
    this.#calls.add(call);
    return call;
  }

  /** The client once `isFit` holds of it; undefined once it leaves. */
  async clientOnce(
    isFit: (client: ControlledClient) => boolean,
  ): Promise<ControlledClient | undefined> {
    for (;;) {
      const client = this.#client;
      if (client !== undefined && isLeaving(client.state)) return undefined;
      if (client !== undefined && isFit(client)) return client;
      await new Promise<void>((resolve) => this.#changed.push(resolve));
    }
  }

  /** Resolves when it is so, or no event has made it so for a while. */
  async heard(isSo: () => boolean): Promise<void> {
    const wait = { isOver: false };
    const cancel = this.options.timers.after(settleMs, () => {
      wait.isOver = true;
      this.#change();
    });
    while (!isSo() && !wait.isOver)
      await new Promise<void>((resolve) => this.#changed.push(resolve));
    cancel();
  }

  #change(): void {
    const waiting = this.#changed;
    this.#changed = [];
    for (const resolve of waiting) resolve();
  }
}

function isLeaving({ phase }: ClientState): boolean {
  return phase === 'closing' || phase === 'closed';
}

interface AskedText {
  readonly n: number;
  readonly place: Place;
  isTaken: boolean;
}

class Call implements ControlCall {
  readonly #handler: ControlHandler;
  readonly #writer: ControlWriter;
  readonly #left: () => void;
  /** Texts whose outcome is open, by their ids in this program. At most what the outbox takes. */
  readonly #texts = new Map<string, AskedText>();
  /** Files that are not over, by their numbers here. */
  readonly #files = new Map<number, number>();
  #isGone = false;

  constructor(handler: ControlHandler, writer: ControlWriter, left: () => void) {
    this.#handler = handler;
    this.#writer = writer;
    this.#left = left;
    this.#say({ say: 'hello', files: handler.options.files, stays: handler.options.stays });
  }

  async line(line: string): Promise<void> {
    const request = parseControlRequest(line);
    if (request === undefined) {
      this.#writer.end();
      return;
    }
    await this.#carryOut(request);
  }

  gone(): void {
    this.#isGone = true;
    this.#left();
  }

  receive(event: ClientEvent): void {
    switch (event.type) {
      case 'own':
        this.#own(event.message);
        return;
      case 'private':
        this.#private(event.event);
        return;
      case 'file':
        this.#file(event.event);
        return;
      case 'state':
        if (event.state.phase === 'closed') this.#leave();
        return;
      default:
    }
  }

  async #carryOut(request: ReadControlRequest): Promise<void> {
    const { n } = request;
    switch (request.ask) {
      case 'text': {
        // An account's texts wait in its outbox where there is no connection.
        const client = await this.#handler.clientOnce(
          ({ as, state }) => as === 'account' || state.phase === 'open',
        );
        await client?.ready();
        if (client === undefined || this.#isGone) return;
        this.#said(n, request.to, request.text, await sayAt(client, request.to, request.text));
        return;
      }
      case 'file': {
        const client = await this.#handler.clientOnce(({ state }) => state.phase === 'open');
        if (client !== undefined) await this.#sendFile(n, request.to, request.path, client.files);
        return;
      }
      case 'cancel': {
        const number = [...this.#files].find(([, asked]) => asked === n)?.[0];
        const client = await this.#handler.clientOnce(() => true);
        if (number !== undefined) await client?.files?.cancel(number);
        return;
      }
      case 'link': {
        if ((await this.#handler.clientOnce(({ state }) => state.phase === 'open')) === undefined)
          return;
        const done = await this.#handler.link(request.typed);
        this.#say(
          done.ok
            ? { say: 'linked', n }
            : { say: 'refused', n, code: 'not-linked', words: done.error },
        );
        return;
      }
      case 'settle': {
        const client = await this.#handler.clientOnce(() => true);
        if (client === undefined) return;
        await this.#settled(client);
        this.#say({ say: 'settled', n, unsent: client.unsent });
        return;
      }
    }
  }

  /** Resolves when all texts of this program are done, or none moves. */
  async #settled(client: ControlledClient): Promise<void> {
    await client.settled(settleMs);
    // What the server has is told a moment after it counts as sent.
    for (let left = this.#texts.size; left > 0 && client.state.phase === 'open';) {
      await this.#handler.heard(() => this.#texts.size < left);
      if (this.#texts.size === left) return;
      left = this.#texts.size;
    }
  }

  #said(n: number, place: Place, text: string, said: SaidAs): void {
    if (!said.ok) {
      this.#refused(n, said.error);
      return;
    }
    this.#handler.said(place, text);
    if (said.value !== undefined) {
      this.#texts.set(said.value, { n, place, isTaken: false });
      return;
    }
    // It has gone out, and nothing more is heard of it.
    this.#say({ say: 'taken', n });
    this.#say({ say: 'stored', n });
  }

  #refused(n: number, { code, hint }: CommandRefusal): void {
    // Then this program leaves, and another one is asked.
    if (code !== 'not-open') this.#say({ say: 'refused', n, code, words: hint });
  }

  #own(message: OwnMessage): void {
    const { localId, state, seq, at } = message;
    const asked = this.#texts.get(localId);
    if (asked === undefined) return;
    const { n } = asked;
    this.#taken(asked);
    if (state === 'waiting') return;
    this.#texts.delete(localId);
    if (state !== 'refused') {
      const filed = { ...(seq !== undefined && { seq }), ...(at !== undefined && { at }) };
      this.#say({ say: 'stored', n, ...filed });
      return;
    }
    const words = this.#refusalWords(message) ?? '';
    this.#say({ say: 'refused', n, code: message.code ?? 'refused', words });
  }

  #refusalWords(message: OwnMessage): string | undefined {
    const { place, content, reason, code = '' } = message;
    const text = contentWords(content);
    const reply = v1ReplyTo(message);
    const why = reply === undefined ? reason : soft.templates[reply];
    if (why !== undefined) return `not sent${whereTo(place)}, ${why}: "${excerpt(text)}"`;
    if (place.kind !== 'direct') return undefined;
    return notDeliveredWords(place.user, text, code, (name) => this.#handler.meantBy(name));
  }

  #taken(asked: AskedText): void {
    if (!asked.isTaken) this.#say({ say: 'taken', n: asked.n });
    asked.isTaken = true;
  }

  /** What is new of the person for whom this program's texts are, and of a guest's texts. */
  #private(event: PrivateEvent): void {
    // Of an account's texts `own` tells.
    if (event.type === 'not-delivered' && !this.#texts.has(event.id)) return;
    const who = 'to' in event ? event.to : 'user' in event ? event.user : undefined;
    const isTheirs = [...this.#texts.values()].some(
      ({ place }) => place.kind === 'direct' && place.user === who,
    );
    if (!isTheirs) return;
    for (const line of presentPrivate(event, (name) => this.#handler.meantBy(name))) {
      if (line.kind === 'warning') this.#say({ say: 'told', words: line.text });
    }
    if (event.type !== 'delivered' && event.type !== 'not-delivered') return;
    const asked = this.#texts.get(event.id);
    if (asked === undefined) return;
    this.#texts.delete(event.id);
    this.#taken(asked);
    this.#say(
      event.type === 'delivered'
        ? { say: 'stored', n: asked.n }
        : { say: 'refused', n: asked.n, code: event.reason, words: '' },
    );
  }

  async #sendFile(n: number, to: Place, path: string, files: ChatClient['files']): Promise<void> {
    const sent =
      files === undefined
        ? refuseCommand('no-files')
        : await (to.kind === 'direct'
            ? files.send(to.user, path)
            : files.sendToGroup(to.kind === 'lobby' ? lobbyGroup : to.group, path));
    const running =
      !sent.ok && sent.error.code === 'already-sending'
        ? runningOf(files?.list ?? [], to, path)
        : undefined;
    const transfer = sent.ok ? sent.value : running;
    if (transfer === undefined) {
      if (!sent.ok) this.#refused(n, sent.error);
      return;
    }
    // It may have moved since: what is said first is how it stands.
    const current = files?.list.find(({ number }) => number === transfer.number) ?? transfer;
    this.#files.set(transfer.number, n);
    this.#fileMoved(n, 'state', current);
  }

  #file(event: TransferEvent): void {
    const n = event.type === 'transfer' ? this.#files.get(event.transfer.number) : undefined;
    if (n !== undefined && event.type === 'transfer')
      this.#fileMoved(n, event.change, event.transfer);
  }

  #fileMoved(n: number, change: 'state' | 'progress', transfer: Transfer): void {
    if (change === 'progress' && this.#writer.isBehind()) return;
    if (isOver(transfer.state)) this.#files.delete(transfer.number);
    this.#say({ say: 'file', n, change, transfer });
  }

  /** All that was taken is on the disk by now. */
  #leave(): void {
    this.#say({ say: 'bye' });
    this.#isGone = true;
    this.#writer.end();
  }

  #say(word: ControlWord): void {
    if (!this.#isGone) this.#writer.write(formatControlAnswer(word));
  }
}

/** Says a text at a place. Several lines are one message of an account; others have no such. */
export function sayAt(
  client: Pick<ControlledClient, 'broadcast' | 'groupMessage' | 'privateMessage' | 'speech'>,
  place: Place,
  text: string,
): SaidAs | Promise<SaidAs> {
  const speech = text.includes('\n') ? client.speech : undefined;
  if (speech !== undefined) return speech.say(place, text);
  switch (place.kind) {
    case 'lobby':
      return client.broadcast(text);
    case 'group':
      return client.groupMessage(place.group, text);
    case 'direct':
      return client.privateMessage(place.user, text);
  }
}

/** The file that goes there already. */
function runningOf(list: readonly Transfer[], to: Place, path: string): Transfer | undefined {
  return list.find(
    ({ direction, peer, name, state }) =>
      direction === 'outgoing' &&
      peer === peerAt(to) &&
      path.endsWith(`/${name}`) &&
      !isOver(state),
  );
}
