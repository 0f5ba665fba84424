// One connection in delivery: its audiences, and the lines that are for it alone.

import type { ConnectionId } from '../../hub/effects.ts';
import type { Transport } from '../transport/transport.ts';
import type { BroadcastBuffer } from './broadcast-buffer.ts';

/** Lines for one connection alone, as a binary string, without audience lines between them. */
export interface DirectPiece {
  /** It comes after all audience lines up to this turn, and before all later ones. */
  turn: number;
  text: string;
}

const noBuffers: readonly AudienceBuffer[] = [];

export class Receiver {
  readonly id: ConnectionId;
  readonly transport: Transport;
  /** The audiences that it is in. */
  buffers: readonly AudienceBuffer[] = noBuffers;
  /** Its own lines, oldest first. Undefined if there are none, as nearly always. */
  pieces: DirectPiece[] | undefined;
  /** The last turn that is not for it: it got that already, or joined later. */
  heardUpTo = 0;
  /** The last turn in which it sent something itself, which it must not get back. */
  spokeAt = 0;
  /** The last flush that wrote to it, so that a member of several audiences is written to once. */
  flushedAt = 0;

  constructor(id: ConnectionId, transport: Transport) {
    this.id = id;
    this.transport = transport;
  }

  /** Adds lines of its own. Returns whether they are the first. */
  append(text: string, turn: number): boolean {
    const last = this.pieces?.at(-1);
    if (last === undefined || this.pieces === undefined) {
      this.pieces = [{ turn, text }];
      return true;
    }
    // Behind the last piece came nothing, or a line that it has sent itself and does not get.
    if (last.turn === turn || (last.turn === turn - 1 && this.spokeAt === turn)) {
      last.turn = turn;
      last.text += text;
    } else {
      this.pieces.push({ turn, text });
    }
    return false;
  }
}

/** An audience of receivers. */
export type AudienceBuffer = BroadcastBuffer<Receiver>;
