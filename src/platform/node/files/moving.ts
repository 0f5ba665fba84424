// What moving content needs (client/files/moving/), on Node.
import type { MovingPlatform } from '../../../client/files/moving/ports.ts';
import { nodeRandomBytes } from '../runtime.ts';
import { nodeFileCiphers } from './file-ciphers.ts';
import { diskProblem } from './file-system.ts';
import { sourceProblem } from './source-file.ts';
import { connectTransfer } from './transfer-socket.ts';

export const nodeMoving: MovingPlatform = {
  connect: connectTransfer,
  ciphers: nodeFileCiphers,
  random: nodeRandomBytes,
  text: {
    encode: (bytes) => Buffer.from(viewOf(bytes).toString('base64url'), 'latin1'),
    // Decoding skips characters that are not base64url. Then there are too few bytes.
    decode: (characters) => Buffer.from(viewOf(characters).toString('latin1'), 'base64url'),
  },
  sourceProblem,
  diskProblem,
};

function viewOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}
