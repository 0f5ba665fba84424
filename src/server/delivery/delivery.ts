// Delivery: events of the hub -> bytes on transports. Owns who hears which audience, what has been said this
// turn of the event loop and how much each connection has yet to read. Knows nothing of users or rules.
// Invariant: every connection gets its events in the order of the hub's effects.

import type { Audience, ConnectionId } from '../../hub/effects.ts';
import { formatEvent, type Event } from '../../wire/events.ts';
import type { Transport } from '../transport/transport.ts';

interface Receiver {
  readonly transport: Transport;
  /** What this turn has for it, as a binary string. */
  pending: string;
}

export interface DeliverySettings {
  /** A connection with more than this many bytes unread is given up. */
  readonly maxUnsentBytes: number;
  /** Told once about each connection that is over it; expected to close it. */
  readonly onSlowReader: (connection: ConnectionId) => void;
}

export class Delivery {
  readonly #settings: DeliverySettings;
  readonly #receivers = new Map<ConnectionId, Receiver>();
  readonly #audiences = new Map<string, Set<ConnectionId>>();
  readonly #dirty = new Set<ConnectionId>();
  #scheduled = false;

  constructor(settings: DeliverySettings) {
    this.#settings = settings;
  }

  /** From here on the connection can be sent to. */
  open(connection: ConnectionId, transport: Transport): void {
    this.#receivers.set(connection, { transport, pending: '' });
  }

  /** Forgets a connection. What was not yet written is dropped. */
  drop(connection: ConnectionId): void {
    this.#receivers.delete(connection);
    this.#dirty.delete(connection);
  }

  /** Writes what is left for a connection and closes it. */
  close(connection: ConnectionId): void {
    const receiver = this.#receivers.get(connection);
    if (receiver === undefined) return;
    if (receiver.pending !== '') receiver.transport.write(receiver.pending);
    this.drop(connection);
    receiver.transport.end();
  }

  join(audience: Audience, connection: ConnectionId): void {
    const key = audienceKey(audience);
    const members = this.#audiences.get(key);
    if (members === undefined) this.#audiences.set(key, new Set([connection]));
    else members.add(connection);
  }

  leave(audience: Audience, connection: ConnectionId): void {
    const key = audienceKey(audience);
    const members = this.#audiences.get(key);
    if (members?.delete(connection) && members.size === 0) this.#audiences.delete(key);
  }

  /** One event to one connection. */
  send(connection: ConnectionId, event: Event): void {
    this.#append(connection, formatEvent(event));
  }

  /** One event to an audience, but not to `except`. */
  deliver(audience: Audience, event: Event, except: ConnectionId | undefined): void {
    const line = formatEvent(event);
    for (const member of this.#audiences.get(audienceKey(audience)) ?? []) {
      if (member !== except) this.#append(member, line);
    }
  }

  #append(connection: ConnectionId, line: string): void {
    const receiver = this.#receivers.get(connection);
    if (receiver === undefined) return;
    receiver.pending += line;
    this.#dirty.add(connection);
    if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => this.#flush());
    }
  }

  /** Writes once to each connection that has something to read this turn. */
  #flush(): void {
    this.#scheduled = false;
    const slow: ConnectionId[] = [];
    for (const connection of this.#dirty) {
      const receiver = this.#receivers.get(connection);
      if (receiver === undefined) continue;
      receiver.transport.write(receiver.pending);
      receiver.pending = '';
      if (receiver.transport.unsentBytes > this.#settings.maxUnsentBytes) slow.push(connection);
    }
    this.#dirty.clear();
    for (const connection of slow) this.#settings.onSlowReader(connection);
  }
}

function audienceKey(audience: Audience): string {
  // Names of groups hold no space, so no group is taken for the lobby.
  return audience.kind === 'lobby' ? ' lobby' : audience.group;
}
