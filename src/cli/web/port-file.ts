// Which port the page of a server has on this machine. A browser keeps what a page stores by the page's address, so a
// server keeps its port, and no other server gets it. One small file a server, in `web/` of the data directory.
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeUtf8, encodeUtf8 } from '../../lib/bytes.ts';
import { serverFileName } from '../../platform/node/file-names.ts';
import { damaged, readPrivateFile, replacePrivateFile } from '../../platform/node/private-file.ts';

/** Ports for pages, below those that systems give to outgoing connections. */
const firstPort = 20_000;
const portCount = 10_000;

const maxFileBytes = 64;
const form = /^helo web 1 (\d{1,5})\n$/;

export interface PagePorts {
  /** The port that the server with this key had the last time. */
  readonly own: number | undefined;
  /** The key of the server that has this port, as a file name, if it is another one. */
  ownerOf(port: number): string | undefined;
  /** Ports to try for a server that has none yet: from one that follows from its key, so that it is the same anew. */
  free(): Generator<number>;
  remember(port: number): Promise<void>;
}

/** The ports that are remembered in the data directory, for the server with that key. */
export async function openPagePorts(data: string, serverKey: string): Promise<PagePorts> {
  const folder = join(data, 'web');
  const name = serverFileName(serverKey);
  // No folder, no ports. What begins with a dot is half written.
  const files = (await readdir(folder).catch(() => [])).filter((file) => !file.startsWith('.'));
  const owners = new Map<number, string>();
  let own: number | undefined;
  for (const file of files) {
    const port = await readPort(join(folder, file));
    if (port === undefined) continue;
    if (file === name) own = port;
    else owners.set(port, file);
  }
  return {
    own,
    ownerOf: (port) => owners.get(port),
    *free() {
      const from = createHash('sha256').update(serverKey).digest().readUInt32BE(0);
      for (let step = 0; step < portCount; step += 1) {
        const port = firstPort + ((from + step) % portCount);
        if (!owners.has(port)) yield port;
      }
    },
    async remember(port) {
      if (port === own) return;
      await replacePrivateFile(join(folder, name), encodeUtf8(`helo web 1 ${port}\n`));
    },
  };
}

async function readPort(path: string): Promise<number | undefined> {
  const bytes = await readPrivateFile(path, maxFileBytes);
  if (bytes === undefined) return undefined;
  const [, digits] = form.exec(decodeUtf8(bytes) ?? '') ?? [];
  if (digits === undefined) throw damaged(path, 'delete it, and the page gets a port anew');
  return Number(digits);
}
