// A disk that stalls under the real program: a module that is loaded into its threads causes it, because no test may
// need a disk of its own.
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { logIn } from '../support/extended-client.ts';
import { connectLines } from '../support/line-client.ts';
import { startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** Loads `code` into every thread of the program. */
function loading(code: string): readonly string[] {
  return ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
}

test('a disk that stands still holds up neither guests nor who asks who is here', async (t) => {
  const folder = await temporaryFolder(t);
  const mark = join(folder, 'frozen');
  // The store's thread writes a note after each commit, before it answers.
  const { plain } = await startServerProgram(t, {
    nodeArgs: loading(`
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      import { isMainThread } from 'node:worker_threads';
      const { writeSync } = fs;
      const nothing = new Int32Array(new SharedArrayBuffer(4));
      fs.writeSync = (...args) => {
        while (!isMainThread && fs.existsSync(${JSON.stringify(mark)})) Atomics.wait(nothing, 0, 0, 20);
        return writeSync(...args);
      };
      syncBuiltinESMExports();
    `),
    args: ['--ping-interval', '0', '--data', join(folder, 'data')],
  });
  const enter = async (name: string) => {
    const guest = await connectLines(t, plain);
    await guest.next();
    guest.send(`HELO ${name}`);
    await guest.expect(`+OK HELO ${name}`);
    return guest;
  };
  const alice = await logIn(t, plain, 'alice');
  const bob = await enter('bob');
  await writeFile(mark, '');
  alice.lines.send('BCST on its way to the disk');
  alice.lines.send('GET_USERS *all');
  bob.send('GET_USERS *all');
  await bob.expect('+SUCCESS [alice, bob]');
  const carol = await enter('carol');
  carol.send('PM @bob opaque');
  await bob.expect('PM carol opaque');
  carol.send('BCST kept as well');
  carol.send('GET_USERS *all');
  bob.send('GET_USERS *all');
  // Nobody got anything that is not on the disk: bob gets the answer next, carol nothing.
  await bob.expect('+SUCCESS [alice, bob, carol]');
  await rm(mark);
  await bob.expect('BCST [alice] on its way to the disk');
  await bob.expect('BCST [carol] kept as well');
  await carol.expect('BCST [alice] on its way to the disk');
  await carol.expect('+OK BCST kept as well');
  await carol.expect('+SUCCESS [alice, bob, carol]');
  await alice.until('+OK');
  const { event } = await alice.until('+SUCCESS');
  assert.equal(event.rest, '[alice, bob]');
});
