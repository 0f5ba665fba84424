// A device learns the identity of its server at its first login. What it has kept about that server under the address is
// there under the identity at the second start.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { linkedFolders, startDevice } from '../support/own-devices.ts';
import { startServerProgram } from '../support/program.ts';

/** The folders of a data directory that have something about the server whose name begins with `kind`. */
async function foldersOf(data: string, kind: 'plain-' | 'identity-'): Promise<readonly string[]> {
  const paths = await readdir(data, { recursive: true });
  const folders = paths.flatMap((path) => {
    const [folder = '', server = '', file] = path.split('/');
    // Which addresses there are, and what was seen at each, is the one thing that belongs to them.
    const isKept = folder !== 'servers' && file !== undefined;
    return isKept && server.startsWith(kind) ? [folder] : [];
  });
  return [...new Set(folders)].sort();
}

test('all that a device keeps about a server is there at the second start, the wish for a backup too', async (t) => {
  const { plain } = await startServerProgram(t);
  const { folders } = await linkedFolders(t, plain, 'alice', 1);
  const [data = ''] = folders;
  const device = await startDevice(t, plain, 'alice', data);
  assert.ok((await device.client.recovery?.make())?.ok);
  assert.ok((await device.client.vault?.turnOn())?.ok);
  await device.quit();
  const before = await foldersOf(data, 'plain-');
  assert.ok(before.includes('accounts') && before.includes('backup'), before.join());
  const again = await startDevice(t, plain, 'alice', data);
  const status = await again.client.vault?.status();
  assert.deepEqual([status?.wish, (status?.bytes ?? 0) > 0], ['on', true]);
  await again.quit();
  const after = await foldersOf(data, 'identity-');
  assert.deepEqual(
    before.filter((folder) => !after.includes(folder)),
    [],
    `carried over: ${after.join()}`,
  );
});
