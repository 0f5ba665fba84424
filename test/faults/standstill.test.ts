// A disk that stalls under the real program: a module that is loaded into its threads causes it, because no test may
// need a disk of its own.
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startChat } from '../support/chat-program.ts';
import { logIn } from '../support/extended-client.ts';
import { connectLines } from '../support/line-client.ts';
import { startServerProgram, type Listener } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { openTerminal } from '../support/terminal.ts';

/** Loads `code` into every thread of the program. */
function loading(code: string): readonly string[] {
  return ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
}

/** A server whose disk stands still between `freeze` and `thaw`. */
async function startFreezable(t: TestContext) {
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
  return { plain, freeze: () => writeFile(mark, ''), thaw: () => rm(mark) };
}

async function enter(t: TestContext, plain: Listener, name: string) {
  const guest = await connectLines(t, plain);
  await guest.next();
  guest.send(`HELO ${name}`);
  await guest.expect(`+OK HELO ${name}`);
  return guest;
}

test('a disk that stands still holds up neither guests nor who asks who is here', async (t) => {
  const { plain, freeze, thaw } = await startFreezable(t);
  const alice = await logIn(t, plain, 'alice');
  const bob = await enter(t, plain, 'bob');
  await freeze();
  // In one write: no answer comes that would show when the server has read the second line.
  alice.lines.send('BCST on its way to the disk\nGET_USERS *all');
  bob.send('GET_USERS *all');
  await bob.expect('+SUCCESS [alice, bob]');
  const carol = await enter(t, plain, 'carol');
  carol.send('PM @bob opaque');
  await bob.expect('PM carol opaque');
  carol.send('BCST kept as well');
  carol.send('GET_USERS *all');
  bob.send('GET_USERS *all');
  // Nobody got anything that is not on the disk: bob gets the answer next, carol nothing.
  await bob.expect('+SUCCESS [alice, bob, carol]');
  await thaw();
  await bob.expect('BCST [alice] on its way to the disk');
  await bob.expect('BCST [carol] kept as well');
  await carol.expect('BCST [alice] on its way to the disk');
  await carol.expect('+OK BCST kept as well');
  await carol.expect('+SUCCESS [alice, bob, carol]');
  await alice.until('+OK');
  const { event } = await alice.until('+SUCCESS');
  assert.equal(event.rest, '[alice, bob]');
});

test('a disk that stands still holds up nobody who leaves, unless something of theirs waits for it', async (t) => {
  const { plain, freeze, thaw } = await startFreezable(t);
  const alice = await logIn(t, plain, 'alice');
  const [bob, carol, dora] = [
    await enter(t, plain, 'bob'),
    await enter(t, plain, 'carol'),
    await enter(t, plain, 'dora'),
  ];
  await freeze();
  carol.send('BCST on its way to the disk');
  carol.send('QUIT');
  bob.send('QUIT');
  await bob.expect('+OK Goodbye');
  assert.deepEqual(await bob.rest(), []);
  alice.lines.send('QUIT');
  await alice.until('+OK');
  // Carol is not told of her goodbye before her text, and dora hears nothing meanwhile.
  dora.send('GET_USERS *all');
  await dora.expect('+SUCCESS [dora]');
  await thaw();
  await carol.expect('+OK BCST on its way to the disk');
  await carol.expect('+OK Goodbye');
  await dora.expect('BCST [carol] on its way to the disk');
});

test('a disk that stands still is told at once to whoever logs in to an account: in lines and on the screen', async (t) => {
  const { plain, freeze, thaw } = await startFreezable(t);
  const server = `${plain.host}:${plain.port}`;
  const bob = await enter(t, plain, 'bob');
  await freeze();
  bob.send('BCST on its way to the disk');
  const chat = await startChat(t, { server, name: 'alice' });
  const screen = await openTerminal(t, `helo chat --server ${server} --name carol`);
  await chat.tells(/the server's disk does not answer; the login goes on by itself when it does/);
  await screen.shows("the server's disk does not answer");
  await thaw();
  await bob.expect('+OK BCST on its way to the disk');
  await chat.prints('[bob] on its way to the disk');
  await screen.shows('connected');
  chat.type('here I am');
  await bob.expect('BCST [alice] here I am');
  assert.doesNotMatch(chat.stderr(), /trying to connect again|no connection/);
  assert.equal((await chat.eof()).code, 0);
});
