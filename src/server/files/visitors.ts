// The connections to one transfer port that have not introduced themselves yet. Owns their number: with one too many, the
// oldest goes. Does not decide who is admitted.

import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import type { Clock } from '../clock.ts';
import type { RelayOrigin, VisitorRefusal } from './admission.ts';
import { Visitor, type VisitorReader } from './visitor.ts';

/** With one more, the oldest is closed. */
const maxVisitors = 8;

export interface VisitorsSettings<Introduced> {
  readonly clock: Clock;
  /** For TLS. Undefined if the server has no TLS. */
  readonly secureContext: SecureContext | undefined;
  readonly makeReader: () => VisitorReader<Introduced>;
  /** Says why somebody is not admitted. Who is admitted has the socket, paused. */
  readonly admit: (
    socket: Duplex,
    introduced: Introduced,
    arrival: RelayOrigin,
  ) => VisitorRefusal | undefined;
  /** A connection was closed. */
  readonly refused: (reason: VisitorRefusal) => void;
}

export class Visitors<Introduced> {
  readonly #settings: VisitorsSettings<Introduced>;
  readonly #visitors = new Set<Visitor<Introduced>>();

  constructor(settings: VisitorsSettings<Introduced>) {
    this.#settings = settings;
  }

  /** `web`: where a WebSocket comes from. */
  accept(socket: Duplex, web?: RelayOrigin): void {
    const { secureContext, clock, makeReader, admit, refused } = this.#settings;
    const [oldest] = this.#visitors;
    if (oldest !== undefined && this.#visitors.size >= maxVisitors) {
      this.#visitors.delete(oldest);
      oldest.destroy();
      refused('too-many');
    }
    this.#visitors.add(
      new Visitor(socket, web, makeReader(), secureContext, clock, {
        introduced: (visitor, socket, introduced) => {
          this.#visitors.delete(visitor);
          const refusal = admit(socket, introduced, visitor.origin);
          if (refusal === undefined) return;
          visitor.destroy();
          refused(refusal);
        },
        refused: (visitor, reason) => {
          this.#visitors.delete(visitor);
          refused(reason);
        },
        left: (visitor) => this.#visitors.delete(visitor),
      }),
    );
  }

  /** Closes them all. */
  destroy(): void {
    for (const visitor of this.#visitors) visitor.destroy();
    this.#visitors.clear();
  }
}
