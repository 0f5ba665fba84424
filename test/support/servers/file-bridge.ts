// WebSockets to TCP ports of this machine, as `helo web` carries them [19.1], for files of a client in a browser.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { carryFile } from '../../../src/cli/web/carried-file.ts';
import type { WebAddress } from '../../../src/client/connection/server-address.ts';
import { fileSocketOptions } from '../../../src/server/files/web/web-stream.ts';
import { parseFilePath } from '../../../src/wire/file-socket.ts';
import type { Scope } from '../scope.ts';

/** The address of a bridge, until the test ends. */
export async function openFileBridge(t: Scope): Promise<WebAddress> {
  const webSockets = new WebSocketServer({ ...fileSocketOptions, clientTracking: true });
  const http = createServer();
  http.on('upgrade', (request, socket, head) => {
    const port = parseFilePath(request.url ?? '') ?? 0;
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      void carryFile(webSocket, { host: '127.0.0.1', port, fingerprint: undefined });
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  t.after(() => {
    for (const open of webSockets.clients) open.terminate();
    http.close();
  });
  const { port } = http.address() as AddressInfo;
  return { transport: 'web', scheme: 'http', host: '127.0.0.1', port };
}
