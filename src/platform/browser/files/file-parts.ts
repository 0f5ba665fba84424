// What a client needs for files in a browser, beside the parts of client-ports.ts: put together from the account's
// database, the browser's own place for files, and a worker.
import type { BytesMover } from '../../../client/blobs/blobs.ts';
import type { ServerAddress } from '../../../client/connection/server-address.ts';
import { defaultAcceptUpTo } from '../../../client/files/limits.ts';
import type { FilePorts } from '../../../client/files/transfers-options.ts';
import type { AccountPlace } from '../account-place.ts';
import { openKnownSenders, openTransfers } from '../store/transfers.ts';
import { browserBytesMover } from './bytes-mover.ts';
import { createBrowserCarrier } from './carrier.ts';
import { FileWorker } from './file-worker.ts';
import { BrowserPageFiles } from './page-files.ts';

export interface FileParts {
  readonly files: FilePorts;
  readonly bytesMover: BytesMover;
  /** What the person sends, and what has come. */
  readonly pageFiles: BrowserPageFiles;
}

/** Those of the account whose place this is, at the server of `address`. `startWorker` starts a worker with worker.ts. */
export function openFileParts(
  { database, filesKey }: AccountPlace,
  address: ServerAddress,
  startWorker: () => Worker,
): FileParts {
  const pageFiles = new BrowserPageFiles(database.name, filesKey);
  // A browser without a place for files says so when one comes.
  pageFiles.sweep().catch(() => {});
  const worker = new FileWorker(startWorker, address, { account: database.name, filesKey });
  return {
    files: {
      carrier: createBrowserCarrier(worker, pageFiles),
      store: openTransfers(database),
      knownSenders: openKnownSenders(database),
      acceptUpTo: defaultAcceptUpTo,
    },
    bytesMover: browserBytesMover(address),
    pageFiles,
  };
}
