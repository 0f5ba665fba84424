// Messages of the lobby and of groups from before the first one that this device has: fetched page by page when
// somebody scrolls that far, and then stored. A new device begins with the last messages of each conversation
// (`firstSight`); earlier ones stay at the server until requested. Private messages have no such part: the server
// keeps none that this device has acknowledged.
//
// Messages that the server's disk has damaged get a mark in their place, so that they are not requested again.
//
// A page is written like any other messages, and only then emitted. It moves no cursor and counts as read.

import { formatPlace } from '../../../wire/extended/names.ts';
import { baseOf } from '../../store/log-epochs.ts';
import type { RequestAnswer, PendingRequests, RequestFailure } from '../../pending-requests.ts';
import type {
  ClientStore,
  HistoryRecord,
  PlacedRecord,
  HistoryRange,
} from '../../store/store-port.ts';
import type { LogMessage } from './catch-up.ts';
import type { Conversation } from '../conversations.ts';
import { damageBetween, inOrder } from './damage.ts';
import type { InboxItem } from './inbox.ts';
import { historyPage } from '../limits.ts';

export interface HistoryFetchPorts {
  /** Hands a page to the inbox, which writes it in its turn. */
  readonly enqueue: (page: Extract<InboxItem, { readonly kind: 'earlier' }>) => void;
  readonly store: Pick<ClientStore, 'history' | 'historyRange'>;
  /** The server cannot read what it keeps. */
  readonly failed: (conversation: Conversation, failure: RequestFailure) => void;
}

/**
 * From which number on there may be something that was not here, or `false`; or why the server, which has more, could not
 * give it.
 */
type Fetched = number | false | RequestFailure;

/** What was read. `failure`: the server has more, and could not give it. */
export interface Filled<Read> {
  readonly records: readonly Read[];
  readonly failure: RequestFailure | undefined;
}

interface Asked {
  readonly before: number;
  readonly page: LogMessage[];
  readonly done: Promise<Fetched>;
}

/**
 * A page without those own messages at its beginning that have no number: they stand behind a number of the page before,
 * and whoever reads on from the first number finds them there, once.
 */
export function wholeFrom(page: readonly HistoryRecord[]): readonly HistoryRecord[] {
  const first = page.findIndex(({ seq, epoch }) => seq !== undefined || epoch !== undefined);
  return first < 0 ? page : page.slice(first);
}

export class HistoryFetch {
  readonly #ports: HistoryFetchPorts;
  #requests: PendingRequests | undefined;
  /** One page of a conversation at a time. */
  readonly #asked = new Map<Conversation, Asked>();
  /** Those who wait until a page is written. */
  readonly #waiting = new Set<(isWritten: boolean) => void>();
  /** Of these the server has nothing earlier. */
  readonly #whole = new Set<Conversation>();

  constructor(ports: HistoryFetchPorts) {
    this.#ports = ports;
  }

  login(requests: PendingRequests): void {
    this.#requests = requests;
    this.#whole.clear();
  }

  logout(): void {
    this.#requests = undefined;
    // What could not be written is told elsewhere: this client ends then, and nobody is to wait for it.
    for (const written of this.#waiting) written(false);
  }

  /** Whether a message is of a page that was asked for here. */
  receive(conversation: Conversation, said: LogMessage): boolean {
    const asked = this.#asked.get(conversation);
    if (asked === undefined || said.seq === undefined || said.seq >= asked.before) return false;
    // No more than was asked for: a server that says more is not given room for it.
    if (asked.page.length < historyPage) asked.page.push(said);
    return true;
  }

  /**
   * The last `limit` messages of `conversation` before `before`, oldest first: of this device, and of the server where
   * that has more. Without a connection those of this device.
   */
  async page(
    conversation: Conversation,
    before: number | undefined,
    limit: number,
  ): Promise<Filled<HistoryRecord>> {
    const { store } = this.#ports;
    const read = () => store.history(conversation.name, before, limit);
    const edge = before ?? conversation.cursor + 1;
    const { records, failure } = await this.#filled(conversation, edge, limit, read);
    return { records: wholeFrom(records), failure };
  }

  /** As `page`, of any range: what is further back than this device has comes from the server. */
  async historyRange(
    conversation: Conversation,
    historyRange: HistoryRange,
    limit: number,
  ): Promise<readonly PlacedRecord[]> {
    const read = () => this.#ports.store.historyRange(conversation.name, historyRange, limit);
    const before =
      historyRange.kind === 'last'
        ? conversation.cursor + 1
        : historyRange.kind === 'before'
          ? historyRange.message.seq
          : undefined;
    if (before === undefined) return read();
    return (await this.#filled(conversation, before, limit, read)).records;
  }

  /** What `read` gives, once pages before `before` were fetched until it gives `limit`, or there are no more. */
  async #filled<Read extends HistoryRecord>(
    conversation: Conversation,
    before: number,
    limit: number,
    read: () => Promise<readonly Read[]>,
  ): Promise<Filled<Read>> {
    let kept = await read();
    // What is before the log of now is no reason to leave out what is of it, and not here yet.
    const isShort = () =>
      kept.length < limit ||
      kept.some(({ epoch = Infinity }) => epoch < baseOf(conversation.record));
    // Of a page that cannot be read here nothing is kept: the next one is before it all the same.
    let edge = before;
    while (isShort()) {
      const oldest = Math.min(edge, ...kept.flatMap(({ seq }) => seq ?? []));
      const fetched = await this.#fetch(conversation, oldest);
      if (fetched === false) break;
      if (typeof fetched !== 'number') return { records: kept, failure: fetched };
      edge = Math.min(edge, fetched);
      kept = await read();
    }
    return { records: kept, failure: undefined };
  }

  /** Brings a page before `before`. */
  async #fetch(conversation: Conversation, before: number): Promise<Fetched> {
    const requests = this.#requests;
    const { isIn, isKept, peer, first } = conversation;
    if (requests === undefined || !isIn || !isKept || peer !== undefined) return false;
    if (before <= first || this.#whole.has(conversation)) return false;
    const asked = this.#asked.get(conversation);
    // What is on its way may be what is wanted.
    if (asked !== undefined) return asked.done;
    const page: LogMessage[] = [];
    const done = this.#ask(requests, conversation, before, page);
    this.#asked.set(conversation, { before, page, done });
    return done;
  }

  async #ask(
    requests: PendingRequests,
    conversation: Conversation,
    before: number,
    page: readonly LogMessage[],
  ): Promise<Fetched> {
    const fields = { in: formatPlace(conversation.place), before, limit: historyPage };
    const answer = await new Promise<RequestAnswer<'HISTORY'>>((resolve) =>
      requests.ask('HISTORY', fields, (given) => {
        // From here on nothing more is of this page.
        this.#asked.delete(conversation);
        resolve(given);
      }),
    );
    if (!answer.ok) {
      if (!isOfServer(answer.error)) return false;
      this.#ports.failed(conversation, answer.error);
      return answer.error;
    }
    const { damaged, more } = answer.value;
    const between = { after: conversation.first - 1, before };
    const here = page.flatMap(({ seq }) => seq ?? []);
    const pieces = inOrder(page, damageBetween(damaged, between, here));
    if (!more || pieces.length === 0) this.#whole.add(conversation);
    const [oldest] = pieces;
    if (oldest === undefined) return false;
    const from = (oldest.verb === 'MSG' ? oldest.seq : oldest.first) ?? before;
    return new Promise((resolve) => {
      const written = (isWritten: boolean) => {
        this.#waiting.delete(written);
        resolve(isWritten && from);
      };
      this.#waiting.add(written);
      this.#ports.enqueue({ kind: 'earlier', conversation, pieces, written });
    });
  }
}

/** Whether it is the server that has more and cannot give it, and not that there is nothing to be had. */
function isOfServer({ code }: RequestFailure): boolean {
  return code === 'store-failed' || code === 'too-many-requests';
}
