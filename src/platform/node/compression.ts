// DEFLATE over Node's zlib, in its threads: a piece of history takes longer than a frame of the screen.
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { Compression } from '../../e2ee/history/piece-sealer.ts';

const deflated = promisify(deflateRaw);
const inflated = promisify(inflateRaw);

export const nodeCompression: Compression = {
  deflate: (bytes) => deflated(bytes),
  async inflate(bytes, maxOutputLength) {
    try {
      return await inflated(bytes, { maxOutputLength });
    } catch {
      // Damaged, or larger than it may be: the caller makes no difference.
      return undefined;
    }
  },
};
