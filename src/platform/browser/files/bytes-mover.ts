// Bytes to and from ports of the server that serves a page.
import type { BytesMover } from '../../../client/blobs/blobs.ts';
import { bytesMoverOver } from '../../../client/blobs/bytes-mover.ts';
import type { ServerAddress } from '../../../client/connection/server-address.ts';
import { connectorTo } from './transfer-socket.ts';

export function browserBytesMover(address: ServerAddress): BytesMover {
  return bytesMoverOver(connectorTo(address));
}
