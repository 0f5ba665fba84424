import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFileCarrier } from '../../src/platform/node/files/carrier.ts';
import { FileWorld } from '../support/worlds/file-world.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { openTransferPort } from '../support/servers/transfer-port.ts';
import { carrierConformance } from './carrier.ts';

carrierConformance('in memory', async () => {
  const world = new FileWorld();
  const bob = world.join('bob');
  let written = 0;
  const placeAt = (port: number) => ({ host: 'server', port, fingerprint: undefined });
  return {
    carrier: bob.carrier(),
    put: async (name, content) => {
      bob.disk.files.set(`/${name}`, { content, modified: String((written += 1)) });
      return `/${name}`;
    },
    openPort: async () => placeAt(world.openPort()),
    closedPort: async () => placeAt(0),
    settle: () => world.settle(),
    saved: async () => bob.disk.saved.map(({ content }) => content),
  };
});
carrierConformance('on Node', async (t) => {
  const folder = await temporaryFolder(t);
  const saved = join(folder, 'bob');
  await mkdir(saved, { mode: 0o700 });
  const placeAt = (port: number) => ({ host: '127.0.0.1', port, fingerprint: undefined });
  return {
    carrier: createFileCarrier(folder, 'bob'),
    put: async (name, content) => {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    },
    openPort: async () => placeAt((await openTransferPort(t)).port),
    // Nothing can listen at this port.
    closedPort: async () => placeAt(1),
    settle: async () => {},
    saved: async () => {
      const names = (await readdir(saved)).filter((name) => !name.startsWith('.'));
      return Promise.all(names.map((name) => readFile(join(saved, name))));
    },
  };
});
