// What moving content needs (client/files/moving/), in a browser.
import type { ServerAddress } from '../../../client/connection/server-address.ts';
import type { MovingPlatform } from '../../../client/files/moving/ports.ts';
import { decodeBase64url, encodeBase64url } from '../../../lib/base64url.ts';
import { decodeUtf8, encodeUtf8 } from '../../../lib/bytes.ts';
import { browserFileCiphers } from '../crypto/file-ciphers.ts';
import { browserRandomBytes } from '../runtime.ts';
import { diskProblem, sourceProblem } from './problems.ts';
import { connectorTo } from './transfer-socket.ts';

/** For transfers through the server that serves pages at `address`. */
export function browserMoving(address: ServerAddress): MovingPlatform {
  return {
    connect: connectorTo(address),
    ciphers: browserFileCiphers,
    random: browserRandomBytes,
    text: {
      encode: (bytes) => encodeUtf8(encodeBase64url(bytes)),
      decode: (characters) => decodeBase64url(decodeUtf8(characters) ?? '='),
    },
    sourceProblem,
    diskProblem,
  };
}
