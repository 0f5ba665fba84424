// The blobs of one login at a server that keeps some [13.11]: the requests, and the bytes over its ports. An attempt that
// breaks off is followed by another one as long as they get further.

import { decodeBase64url } from '../../lib/base64url.ts';
import { formatHex } from '../../lib/bytes.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { ExtendedEvent, ExtendedEventOf } from '../../wire/extended/events.ts';
import { failures, type FailureCode } from '../../wire/extended/failures.ts';
import { formatPlace } from '../../wire/extended/names.ts';
import {
  formatPortLine,
  maxBlobBytes,
  type BlobKind,
  type KeptFileId,
} from '../../wire/kept-files.ts';
import type { Username } from '../../wire/text.ts';
import { keptFileId } from '../account/account-kept-files.ts';
import { passes } from '../files/kept/refusals.ts';
import type { TransferPlace } from '../files/ports.ts';
import type { PendingRequests, RequestFailure } from '../pending-requests.ts';
import type { Timers } from '../ports.ts';
import type { BlobFailure, BlobList, BlobProgress, Blobs, BytesMover } from './blobs.ts';

/** How long the word about an upload may take when its connection has ended. */
const wordMs = 15_000;

type Kept = ExtendedEventOf<'KEPT'>;

export interface ServerBlobsPorts {
  readonly me: Username;
  readonly mover: BytesMover;
  readonly place: (port: number) => TransferPlace;
  readonly timers: Timers;
}

const interrupted: BlobFailure = { kind: 'interrupted', retryMs: undefined };

export class ServerBlobs implements Blobs {
  readonly #ports: ServerBlobsPorts;
  readonly #requests: PendingRequests;
  /** By the ids of their uploads: who waits for the end of one. */
  readonly #waiting = new Map<string, (end: Kept | 'gone' | 'silent') => void>();

  constructor(ports: ServerBlobsPorts, requests: PendingRequests) {
    this.#ports = ports;
    this.#requests = requests;
  }

  /** An event of the server. */
  receive(event: ExtendedEvent): void {
    if (event.verb === 'KEPT' && event.over === true) this.#waiting.get(event.id)?.(event);
  }

  /** The login has ended. */
  logout(): void {
    for (const end of this.#waiting.values()) end('gone');
  }

  async put(
    kind: BlobKind,
    hexId: string,
    bytes: Uint8Array,
    onProgress: BlobProgress = () => {},
  ): Promise<Result<void, BlobFailure>> {
    const fields = { in: this.#home, id: keptFileId(hexId), blob: kind };
    const asked = await this.#requests.asking('UPLOAD', fields);
    if (!asked.ok) return err(failureOf(asked.error));
    if (asked.value.sent === true) return ok(undefined);
    let { have } = asked.value;
    // More than all of it is of something else.
    if (have > bytes.length) have = 0;
    for (;;) {
      const brought = await this.#bring(fields, bytes, have, onProgress);
      if (!brought.ok) return brought;
      if (brought.value === bytes.length) return ok(undefined);
      if (brought.value <= have) return err(interrupted);
      have = brought.value;
    }
  }

  async get(
    hexId: string,
    size: number,
    onProgress: BlobProgress = () => {},
  ): Promise<Result<Uint8Array, BlobFailure>> {
    if (size > maxBlobBytes) return err(interrupted);
    const id = keptFileId(hexId);
    const bytes = new Uint8Array(size);
    let have = 0;
    while (have < size) {
      const from = have;
      const answer = await this.#requests.asking('FETCH', { id, from });
      if (!answer.ok) return err(failureOf(answer.error));
      const { port, ticket } = answer.value;
      const opening = formatPortLine({ verb: 'FETCH', id, ticket });
      const { mover, place } = this.#ports;
      have += await mover.fetch(place(port), opening, bytes.subarray(from), (done) =>
        onProgress(from + done),
      );
      if (have === from) return err(interrupted);
    }
    return ok(bytes);
  }

  async list(kind?: BlobKind): Promise<Result<BlobList, BlobFailure>> {
    const answer = await this.#requests.asking('BLOBS', { blob: kind });
    if (!answer.ok) return err(failureOf(answer.error));
    const { blobs, room } = answer.value;
    return ok({
      room,
      blobs: blobs.map(({ id, blob, bytes }) => {
        return { id: formatHex(decodeBase64url(id) ?? new Uint8Array()), kind: blob, bytes };
      }),
    });
  }

  async drop(hexId: string): Promise<boolean> {
    return (await this.#requests.asking('DROP', { id: keptFileId(hexId) })).ok;
  }

  get #home(): string {
    return formatPlace({ kind: 'direct', user: this.#ports.me });
  }

  /** One connection. Returns how much is on the server's disk then. */
  async #bring(
    fields: { readonly in: string; readonly id: KeptFileId; readonly blob: BlobKind },
    bytes: Uint8Array,
    from: number,
    onProgress: BlobProgress,
  ): Promise<Result<number, BlobFailure>> {
    const { id } = fields;
    const answer = await this.#requests.asking('UPLOAD', { ...fields, bytes: bytes.length, from });
    if (!answer.ok) return err(failureOf(answer.error));
    const { port, ticket } = answer.value;
    if (port === undefined || ticket === undefined) return err(interrupted);
    const { mover, place, timers } = this.#ports;
    const end = new Promise<Kept | 'gone' | 'silent'>((resolve) => this.#waiting.set(id, resolve));
    const opening = formatPortLine({ verb: 'UPLOAD', id, ticket });
    await mover.send(place(port), opening, bytes.subarray(from), (done) => onProgress(from + done));
    // Another device may have begun the same: then there is no word about this attempt.
    const cancel = timers.after(wordMs, () => this.#waiting.get(id)?.('silent'));
    const word = await end;
    cancel();
    this.#waiting.delete(id);
    if (word === 'gone') return err({ kind: 'gone' });
    if (word === 'silent') return err(interrupted);
    return word.code === undefined ? ok(word.have) : err(refusal(word.code));
  }
}

function failureOf(failure: RequestFailure): BlobFailure {
  if (failure.code === 'gone') return { kind: 'gone' };
  if (passes(failure)) return { kind: 'interrupted', retryMs: failure.retryMs };
  return refusal(failure.code, failure.room);
}

function refusal(code: FailureCode, room?: number): BlobFailure {
  return { kind: 'refused', code, text: failures[code], room };
}
