// The server's messages in an account's conversations, until the inbox takes them: the state of each conversation,
// missed and live messages, each passed on once and in order. Owns the catch-up of a login.

import type { ExtendedEventOf, KeptConversation } from '../../../wire/extended/events.ts';
import type { ConversationName } from '../../../wire/extended/names.ts';
import type { Username } from '../../../wire/text.ts';
import type { Timers } from '../../ports.ts';
import type { PendingRequests, RequestFailure } from '../../pending-requests.ts';
import { CatchUp, type LogMessage } from './catch-up.ts';
import type { Conversation, Conversations } from '../conversations.ts';
import { endOf, type PageItem } from './damage.ts';
import { sealedIdOf } from '../groups/sealed-id.ts';
import type { HistoryFetch } from './history-fetch.ts';
import type { Inbox } from './inbox.ts';
import { unknownLog, type LogChange, type Standing } from './log-change.ts';
import type { Receipts } from './receipts.ts';

export interface IncomingMessagesPorts {
  readonly me: Username;
  /** From the store. */
  readonly runs: readonly number[];
  readonly timers: Timers;
  readonly conversations: Conversations;
  readonly inbox: Inbox;
  readonly receipts: Receipts;
  readonly earlier: HistoryFetch;
  /** Whether private conversations are for this connection. */
  readonly takesPrivate: boolean;
  /** Whether a conversation is known as a sealed group; undefined if these are not for this connection. */
  readonly isSealed: ((name: ConversationName) => boolean) | undefined;
  /** A server that was put back does not know that this account is in a sealed group. */
  readonly forgotten: (conversation: Conversation) => void;
  readonly foundAccount: (user: Username) => void;
  /** The server was restored to an earlier state. */
  readonly putBack: () => void;
  /** The server cannot read the missed messages. */
  readonly failed: (conversation: Conversation, failure: RequestFailure) => void;
  /** All missed messages of a conversation were received. */
  readonly takenAll: (conversation: Conversation) => void;
  /** All missed messages are here: this many from others. */
  readonly caughtUp: (missed: number) => void;
}

export class IncomingMessages {
  readonly #ports: IncomingMessagesPorts;
  /** The catch-up of the current login. */
  #catchUp: CatchUp | undefined;
  /** Messages from before the login, counted since then. */
  #missed = 0;
  /** Sealed groups that a server which was put back has not described yet, and what it says of its logs. */
  readonly #forgotten = new Map<Conversation, Standing>();

  /** The runs of the server from which the received messages are, the latest first. The store follows. */
  runs: readonly number[];

  constructor(ports: IncomingMessagesPorts) {
    this.#ports = ports;
    this.runs = ports.runs;
  }

  /** Logged in. `start` begins to fetch. */
  login(requests: PendingRequests, welcome: ExtendedEventOf<'WELCOME'>): void {
    const { conversations: described, newLogs, parted: isParted = false, runs } = welcome;
    const { inbox, takesPrivate } = this.#ports;
    this.#missed = 0;
    this.#catchUp = new CatchUp({
      requests,
      timers: this.#ports.timers,
      deliver: (conversation, pieces, isLate) => this.#deliver(conversation, pieces, isLate),
      failed: this.#ports.failed,
      over: this.#ports.takenAll,
      done: () => {
        this.#ports.caughtUp(this.#missed);
        this.#missed = 0;
      },
    });
    this.#ports.conversations.leaveAll();
    // Private messages first: they wait for nothing else.
    const privateFirst = [...described].sort(
      (one, other) => Number(other.in.startsWith('@')) - Number(one.in.startsWith('@')),
    );
    let isPutBack = isParted;
    for (const kept of privateFirst) {
      const change = this.#described(kept, this.#catchUp, { isParted, newLogs });
      isPutBack ||= change === 'put-back' || change === 'rewound';
    }
    if (takesPrivate) {
      const { conversations } = this.#ports;
      for (const { conversation, change } of conversations.missing(described, newLogs, isPutBack))
        if (change !== undefined) this.#changed(conversation, change, this.#catchUp);
      this.#noteUndescribed(described);
    }
    this.#forgotten.clear();
    // A server that has just created the account of a device that was there before has forgotten that as well.
    const isForgotten = welcome.created;
    if (isPutBack || isForgotten)
      this.#noteForgotten({ isParted: isParted || isForgotten, newLogs });
    this.#noteMoved();
    if (!takesPrivate || runs === undefined) return;
    this.runs = runs;
    void inbox.enqueue([{ kind: 'ran', runs }]);
  }

  start(): void {
    this.#catchUp?.start();
  }

  logout(): void {
    this.#catchUp?.close();
    this.#catchUp = undefined;
  }

  /** Whether messages of a conversation must still be fetched, as always without a connection. */
  isBehind(conversation: Conversation): boolean {
    return this.#catchUp?.isBehind(conversation) ?? true;
  }

  /** This account entered a conversation. */
  joined(kept: KeptConversation): void {
    if (this.#catchUp === undefined) return;
    const conversation = this.#ports.conversations.get(kept.in);
    const standing = conversation && this.#forgotten.get(conversation);
    if (conversation !== undefined) this.#forgotten.delete(conversation);
    this.#described(kept, this.#catchUp, standing, standing !== undefined);
    this.#noteMoved();
    this.#catchUp.start();
  }

  /** This account is out of a conversation. */
  left(name: ConversationName): void {
    this.#ports.conversations.left(name);
    this.#noteMoved();
  }

  /** Lines of a conversation wait until `release`, and are then given on in their order. */
  hold(conversation: Conversation): void {
    this.#catchUp?.hold(conversation);
  }

  release(conversation: Conversation): void {
    this.#catchUp?.release(conversation);
  }

  /** Something was said. */
  said(said: LogMessage): void {
    const { conversations, earlier, foundAccount, takesPrivate } = this.#ports;
    const conversation = conversations.reach(said.in);
    if (conversation === undefined || this.#catchUp === undefined) return;
    if (conversation.peer !== undefined) {
      if (!takesPrivate) return;
      foundAccount(conversation.peer);
    }
    if (earlier.receive(conversation, said)) return;
    if (!this.#catchUp.receive(conversation, said)) void this.#deliver(conversation, [said], false);
  }

  /** The device of `by` has everything of a conversation up to `seq`. */
  delivered({ in: name, by, seq }: ExtendedEventOf<'DELIVERED'>): void {
    const conversation = this.#ports.conversations.get(name);
    if (conversation === undefined || by === this.#ports.me) return;
    void this.#ports.inbox.enqueue([{ kind: 'delivered', conversation, seq }]);
  }

  /** Which groups this account is in is kept: a server that was put back may know nothing of one. */
  #noteMoved(): void {
    const { conversations, inbox } = this.#ports;
    const moved = conversations.moved.map(
      (conversation) => ({ kind: 'moved', conversation, isIn: conversation.isIn }) as const,
    );
    if (moved.length > 0) void inbox.enqueue(moved);
  }

  /** Sealed groups that this account was in, and that the server has not lost altogether. */
  #noteForgotten(standing: Standing): void {
    const { conversations, forgotten, isSealed } = this.#ports;
    for (const conversation of conversations.moved) {
      const { isIn, log, name } = conversation;
      if (isIn || log === unknownLog || isSealed?.(name) !== true) continue;
      this.#forgotten.set(conversation, standing);
      forgotten(conversation);
    }
  }

  /** Rooms of private conversations of which the server says nothing: it has lost them, or lies. */
  #noteUndescribed(described: readonly KeptConversation[]): void {
    const { conversations, inbox, isSealed } = this.#ports;
    const names = new Set(described.map(({ in: name }) => name));
    for (const conversation of conversations.all) {
      const { name, peer } = conversation;
      if (peer === undefined || names.has(name) || isSealed?.(name) !== true) continue;
      void inbox.enqueue([{ kind: 'sealed', conversation, groupId: undefined }]);
    }
  }

  #changed(
    conversation: Conversation,
    change: LogChange,
    catchUp: CatchUp,
    keepsGroup = false,
  ): void {
    const { inbox, putBack, receipts } = this.#ports;
    catchUp.forget(conversation);
    receipts.forget(conversation);
    if (change.kind === 'put-back' || change.kind === 'rewound') putBack();
    void inbox.enqueue([{ kind: 'described', conversation, change, keepsGroup }]);
  }

  /** Returns the change of its log. `keepsGroup`: the state of a sealed group is of the described log already. */
  #described(
    kept: KeptConversation,
    catchUp: CatchUp,
    standing?: Standing,
    keepsGroup = false,
  ): LogChange['kind'] | undefined {
    const { conversations, foundAccount, inbox, receipts, takesPrivate } = this.#ports;
    if (kept.in.startsWith('@') && !takesPrivate) return undefined;
    const described = conversations.describe(kept, standing);
    if (described === undefined) return undefined;
    const { conversation, change } = described;
    const { peer } = conversation;
    if (peer !== undefined) foundAccount(peer);
    if (change !== undefined) this.#changed(conversation, change, catchUp, keepsGroup);
    else if (kept.sure !== undefined)
      void inbox.enqueue([{ kind: 'sure', conversation, sure: kept.sure }]);
    this.#describedSealed(conversation, kept, change);
    if (kept.kept && kept.last > conversation.handed) catchUp.add(conversation);
    if (peer !== undefined) {
      const { peerGot, got = 0 } = kept;
      if (peerGot !== undefined && peerGot > 0) {
        void inbox.enqueue([{ kind: 'delivered', conversation, seq: peerGot }]);
      }
      // The receipt was lost with the connection.
      if (change === undefined && conversation.cursor > got)
        receipts.stored(conversation, conversation.cursor);
    }
    return change?.kind;
  }

  /** Once a group is sealed it stays so here, whatever the server says, until the person decides about another log. */
  #describedSealed(
    conversation: Conversation,
    kept: KeptConversation,
    change: LogChange | undefined,
  ): void {
    const { inbox, isSealed } = this.#ports;
    if (isSealed === undefined) return;
    const groupId = sealedIdOf(kept);
    const { isToBeSealed, name, peer } = conversation;
    const isOther = change !== undefined || peer !== undefined;
    const isReplaced = isOther && !isToBeSealed && isSealed(name);
    if (groupId === undefined && !isReplaced) return;
    void inbox.enqueue([{ kind: 'sealed', conversation, groupId }]);
  }

  #deliver(
    conversation: Conversation,
    pieces: readonly PageItem[],
    isLate: boolean,
  ): Promise<void> {
    const taken = pieces.filter((piece) => (endOf(piece) ?? Infinity) > conversation.handed);
    const last = taken.at(-1);
    conversation.handed = (last && endOf(last)) ?? conversation.handed;
    const { me, inbox } = this.#ports;
    const isMissed = (piece: PageItem) => piece.verb === 'MSG' && piece.from !== me;
    if (isLate) this.#missed += taken.filter(isMissed).length;
    return inbox.enqueue(
      taken.map((piece) =>
        piece.verb === 'MSG'
          ? { kind: 'said', conversation, message: piece, isLate }
          : { kind: 'damaged', conversation, damage: piece },
      ),
    );
  }
}
