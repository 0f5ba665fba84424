// The private conversations of an account that have a sealed room (docs/E2EE.md 12): whether what is said to somebody goes
// by the room, and when this device founds one. Texts go by the session of the two until a device of both accounts is in
// the room, and by the room from then on. Owns nothing that is stored, and no key.

import type { Result } from '../../../lib/result.ts';
import type { RosterAccount } from '../../../wire/statements/roster-record.ts';
import type { Username } from '../../../wire/text.ts';
import { agoMs } from '../../connection/steady-time.ts';
import type { GroupEngine } from '../../encryption/group/engine.ts';
import type { WallClock } from '../../ports.ts';
import type { ChainFailure, PeerChain } from '../account-chains.ts';
import type { Conversation } from '../conversations.ts';
import { roomRetryMs } from '../limits.ts';

export interface PrivateRoomsPorts {
  readonly engine: Pick<GroupEngine, 'isSealed' | 'isReplaced' | 'isShared'>;
  readonly now: WallClock;
  /** The chain of somebody, as the server has it now. */
  readonly chainOf: (user: Username) => Promise<Result<PeerChain, ChainFailure>>;
  readonly found: (person: RosterAccount) => Promise<unknown>;
  /** Lets an account in that is neither in nor let in. */
  readonly admit: (person: RosterAccount) => Promise<void>;
  /** Seals what waits for a room, where the engine is free. */
  readonly seal: (conversation: Conversation) => Promise<void>;
  readonly reach: (user: Username) => Conversation | undefined;
  /** Asks the server for the room of a conversation, and takes note of it. False: there is none, or no answer. */
  readonly find: (conversation: Conversation) => Promise<boolean>;
  /** What waits for `conversation` may be ready to be sealed, the one way or the other. */
  readonly post: (conversation: Conversation) => void;
}

export class PrivateRooms {
  readonly #ports: PrivateRoomsPorts;
  /** Conversations of which the server has said that they have a room that both are in. */
  readonly #inUse = new Set<Conversation>();
  /** Those whose room the server is being asked for. */
  readonly #asking = new Set<Conversation>();
  /** When it was last tried to found one. */
  readonly #triedAt = new Map<Username, number>();

  constructor(ports: PrivateRoomsPorts) {
    this.#ports = ports;
  }

  logout(): void {
    this.#inUse.clear();
    this.#triedAt.clear();
  }

  /** The server takes nothing any more that is sealed in the session of the two: it has a room, perhaps one unknown here. */
  mustUse(conversation: Conversation): void {
    this.#inUse.add(conversation);
    if (!this.#ports.engine.isSealed(conversation.name)) void this.#find(conversation);
  }

  /** Nothing can be sealed for a room that is not known: what waits would wait for ever. */
  async #find(conversation: Conversation): Promise<void> {
    if (this.#asking.has(conversation)) return;
    this.#asking.add(conversation);
    const isFound = await this.#ports.find(conversation);
    this.#asking.delete(conversation);
    if (isFound) return;
    this.unsealed(conversation);
    this.#ports.post(conversation);
  }

  /** Whether what is said to `user` goes by the room. To be asked where the engine is free. */
  async isUsed(user: Username): Promise<boolean> {
    const conversation = this.#ports.reach(user);
    if (conversation === undefined) return false;
    const { engine } = this.#ports;
    const { name } = conversation;
    if (engine.isReplaced(name)) return false;
    return this.#inUse.has(conversation) || engine.isShared(name);
  }

  /** The server has no room there. */
  unsealed(conversation: Conversation): void {
    this.#inUse.delete(conversation);
  }

  /** Seals what waits for `user` for the room. To be called where the engine is free. */
  async seal(user: Username): Promise<void> {
    const conversation = this.#ports.reach(user);
    if (conversation !== undefined) await this.#ports.seal(conversation);
  }

  /**
   * This person writes to `user`, and not by a room that both are in: one is founded where there is none, and their account
   * is let into the one that there is.
   */
  wanted(user: Username): void {
    const { now, reach } = this.#ports;
    const conversation = reach(user);
    const triedAt = this.#triedAt.get(user);
    const isTried = triedAt !== undefined && agoMs(triedAt, now()) < roomRetryMs;
    if (conversation === undefined || isTried) return;
    this.#triedAt.set(user, now());
    void this.#open(user, conversation);
  }

  /** Only for the account that hangs from the key by which they are known, and whose client takes part in rooms. */
  async #open(user: Username, { name }: Conversation): Promise<void> {
    const { admit, chainOf, engine, found } = this.#ports;
    const chain = await chainOf(user);
    if (!chain.ok || !chain.value.hasRooms) return;
    const { root16, standing } = chain.value;
    if (standing !== 'pinned' && standing !== 'verified') return;
    const person = { root16, name: user };
    // Where somebody else has founded one first, the server says so, and this device enters theirs.
    await (engine.isSealed(name) && !engine.isReplaced(name) ? admit(person) : found(person));
  }
}
