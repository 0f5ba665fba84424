// Blobs in memory, for tests of what leaves some: a server that can be away, be full, and lose what it has.

import { err, ok, type Result } from '../../src/lib/result.ts';
import type { BlobKind } from '../../src/wire/kept-files.ts';
import type { BlobEntry, BlobFailure, BlobList, Blobs } from '../../src/client/blobs/blobs.ts';

export class MemoryBlobs implements Blobs {
  /** In the order in which they came. */
  readonly kept = new Map<string, { readonly kind: BlobKind; readonly bytes: Uint8Array }>();
  /** What the next requests get, one each. `undefined`: they are carried out. */
  failures: (BlobFailure | undefined)[] = [];
  quota = Infinity;
  /** How many bytes were brought. */
  brought = 0;

  get size(): number {
    return [...this.kept.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  async put(kind: BlobKind, id: string, bytes: Uint8Array): Promise<Result<void, BlobFailure>> {
    const failure = this.failures.shift();
    if (failure !== undefined) return err(failure);
    if (this.kept.has(id)) return ok(undefined);
    const room = this.quota - this.size;
    if (bytes.length > room) {
      return err({ kind: 'refused', code: 'file-quota', text: 'that is too much', room });
    }
    this.brought += bytes.length;
    this.kept.set(id, { kind, bytes: bytes.slice() });
    return ok(undefined);
  }

  async get(id: string): Promise<Result<Uint8Array, BlobFailure>> {
    const failure = this.failures.shift();
    if (failure !== undefined) return err(failure);
    const found = this.kept.get(id);
    return found === undefined
      ? err({ kind: 'refused', code: 'file-gone', text: 'that is gone', room: undefined })
      : ok(found.bytes.slice());
  }

  async list(kind?: BlobKind): Promise<Result<BlobList, BlobFailure>> {
    const failure = this.failures.shift();
    if (failure !== undefined) return err(failure);
    const blobs: BlobEntry[] = [...this.kept].flatMap(([id, blob]) =>
      kind === undefined || blob.kind === kind
        ? [{ id, kind: blob.kind, bytes: blob.bytes.length }]
        : [],
    );
    return ok({ blobs, room: this.quota === Infinity ? undefined : this.quota - this.size });
  }

  async drop(id: string): Promise<boolean> {
    this.kept.delete(id);
    return true;
  }
}
