import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { makeFolder } from './make-folder.ts';

test('a folder is there for all who make it at once, and the ones above it', async (t) => {
  const folder = await temporaryFolder(t);
  for (let round = 0; round < 50; round++) {
    const path = join(folder, String(round), 'a', 'b', 'c');
    await Promise.all(
      [path, join(path, 'd'), path, join(path, 'e'), path].map((one) => makeFolder(one)),
    );
    assert.ok((await stat(path)).isDirectory());
  }
});
