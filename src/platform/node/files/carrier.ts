// The files of one login on this machine: where they come from, where they go, and how their content is transferred.
// Combines the parts of this folder into the client's port.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { startJob } from '../../../client/files/job.ts';
import { receiveContent } from '../../../client/files/moving/receive-content.ts';
import { sendContent } from '../../../client/files/moving/send-content.ts';
import type { FileCarrier } from '../../../client/files/ports.ts';
import { invariant } from '../../../lib/invariant.ts';
import { nodeFileSystem, type FileSystem } from './file-system.ts';
import { discardPart, LandingFile } from './landing-file.ts';
import { safeName } from './safe-name.ts';
import { nodeMoving } from './moving.ts';
import { hashSource, inspectSource, OpenSource } from './source-file.ts';

/** The carrier for the login `me`, whose files go to `<downloads>/<me>/` [7.11]. */
export function createFileCarrier(
  downloads: string,
  me: string,
  fs: FileSystem = nodeFileSystem,
): FileCarrier {
  // Made safe like any name: on some systems a person's name can be the name of a device.
  const folder = join(downloads, safeName(me));
  return {
    inspect: inspectSource,
    hash: (source, onProgress) =>
      startJob(({ isCancelled }) => hashSource(source, onProgress, isCancelled)),
    send: (order, onProgress) =>
      sendContent(nodeMoving, () => OpenSource.open(order.source), order, onProgress),
    land: (order, onProgress) =>
      startJob(({ isCancelled }) =>
        LandingFile.open(fs, folder, order, { onProgress, isCancelled }),
      ),
    receive(landing, order, onProgress) {
      invariant(landing instanceof LandingFile, 'a place is one that this carrier has made');
      return receiveContent(nodeMoving, landing, order, onProgress);
    },
    forget: (id) => discardPart(fs, folder, id),
    async sha256(bytes) {
      return createHash('sha256').update(bytes).digest();
    },
  };
}
