// MEET: mailboxes in which two devices meet before one of them has an account [14.26]. Whoever knows the name of a channel,
// which is random and long, reads and writes it; what it says is sealed by them, and opaque here. In memory, for ten
// minutes, and capped in all that a stranger could let grow.

import type { ConnectionId } from '../../hub/effects.ts';
import type { ExtendedEventOf } from '../../wire/extended/events.ts';
import type { FailureCode } from '../../wire/extended/failures.ts';
import type { RequestOf } from '../../wire/extended/requests.ts';
import type { Clock } from '../clock.ts';

/** A channel ends so long after it has begun, in milliseconds. */
export const channelMs = 10 * 60_000;
/** Boxes in a channel, and connections that listen on it. */
export const maxBoxes = 8;
export const maxListeners = 4;
/** Channels together, those begun from one address, and characters of all boxes together. */
export const maxChannels = 1000;
export const maxChannelsPerAddress = 16;
export const maxBoxLetters = 16 * 1024 * 1024;

type Meet = RequestOf<'MEET'>;

interface Channel {
  readonly begun: number;
  /** Stands for the address from which it was begun. Undefined if that does not tell people apart. */
  readonly from: string | undefined;
  readonly boxes: { readonly box: string; readonly by: ConnectionId }[];
  /** How many of the boxes each listener has been sent, or has left itself. */
  readonly listeners: Map<ConnectionId, number>;
}

type Send = (to: ConnectionId, event: ExtendedEventOf<'MEET'>) => void;

export class Meetings {
  readonly #clock: Clock;
  readonly #send: Send;
  /** The oldest first. */
  readonly #channels = new Map<string, Channel>();
  #letters = 0;

  constructor(clock: Clock, send: Send) {
    this.#clock = clock;
    this.#send = send;
  }

  /** How many channels there are. */
  get size(): number {
    return this.#channels.size;
  }

  /**
   * A connection comes to a channel, and may leave a box there. It is answered, and gets what others have left; so do the
   * others. Returns why not, or how many characters it was sent.
   */
  meet(
    connection: ConnectionId,
    from: string | undefined,
    { label, channel: name, box }: Meet,
  ): FailureCode | number {
    this.#endOld();
    const known = this.#channels.get(name);
    if (known === undefined && !this.#hasRoomFor(from)) return 'too-many-meetings';
    const { boxes, listeners } = known ?? { boxes: [], listeners: new Map() };
    if (!listeners.has(connection) && listeners.size >= maxListeners) return 'channel-full';
    if (box !== undefined) {
      if (boxes.length >= maxBoxes) return 'channel-full';
      if (this.#letters + box.length > maxBoxLetters) return 'too-many-meetings';
    }
    const channel = known ?? this.#begin(name, from);
    if (!channel.listeners.has(connection)) channel.listeners.set(connection, 0);
    if (box !== undefined) {
      channel.boxes.push({ box, by: connection });
      this.#letters += box.length;
    }
    this.#send(connection, { verb: 'MEET', label, channel: name, boxes: channel.boxes.length });
    return this.#deliver(name, channel, connection);
  }

  /** A connection has ended. */
  leave(connection: ConnectionId): void {
    for (const { listeners } of this.#channels.values()) listeners.delete(connection);
  }

  #begin(name: string, from: string | undefined): Channel {
    const channel: Channel = { begun: this.#clock.now(), from, boxes: [], listeners: new Map() };
    this.#channels.set(name, channel);
    return channel;
  }

  /** Sends each listener what it has not had, but for what it has left itself. Returns how much `asking` got. */
  #deliver(name: string, { boxes, listeners }: Channel, asking: ConnectionId): number {
    let letters = 0;
    for (const [listener, had] of listeners) {
      listeners.set(listener, boxes.length);
      for (const { box, by } of boxes.slice(had)) {
        if (by === listener) continue;
        this.#send(listener, { verb: 'MEET', channel: name, box });
        if (listener === asking) letters += box.length;
      }
    }
    return letters;
  }

  #hasRoomFor(from: string | undefined): boolean {
    if (this.#channels.size >= maxChannels) return false;
    if (from === undefined) return true;
    let own = 0;
    for (const channel of this.#channels.values()) if (channel.from === from) own += 1;
    return own < maxChannelsPerAddress;
  }

  #endOld(): void {
    const now = this.#clock.now();
    for (const [name, { begun, boxes }] of this.#channels) {
      if (now - begun < channelMs) return;
      this.#channels.delete(name);
      for (const { box } of boxes) this.#letters -= box.length;
    }
  }
}
