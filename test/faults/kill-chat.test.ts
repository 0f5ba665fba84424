// Programs and servers killed with -9 while people write: nothing is lost, and nothing is there twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startChat } from '../support/chat-program.ts';
import { startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';

const rounds = 6;

test('kill -9 of the sender and of the server, again and again: each line arrives once, in order', async (t) => {
  const data = ['--data', await temporaryFolder(t)];
  let server = await startServerProgram(t, { args: data });
  const { port } = server.plain;
  const place = { server: `127.0.0.1:${port}` };
  const keep = { alice: await temporaryFolder(t), bob: await temporaryFolder(t) };
  const bob = await startChat(t, {
    ...place,
    name: 'bob',
    args: ['--v1-output', '--data', keep.bob],
  });
  bob.type('*all');
  await bob.shows('stdout', /^\[.*\]$/m);
  let count = 0;
  for (let round = 0; round < rounds; round++) {
    const alice = await startChat(t, {
      ...place,
      name: 'alice',
      args: ['--v1-output', '--data', keep.alice],
    });
    alice.type('*all');
    await alice.shows('stdout', /^\[.*\]$/m);
    for (let line = 0; line < 200; line++) {
      count += 1;
      alice.type(count % 3 === 0 ? `@bob line ${count}` : `line ${count}`);
    }
    // At a different point each time.
    await bob.shows(
      'stdout',
      new RegExp(`^\\[alice\\] line ${count - 200 + 30 * (round + 1)}$`, 'm'),
    );
    if (round % 2 === 0) {
      await alice.kill();
    } else {
      await server.kill();
      server = await startServerProgram(t, { args: ['--port', String(port), ...data] });
      await alice.tells(/connected again/);
      assert.equal((await alice.eof()).code, 0);
    }
  }
  const last = await startChat(t, {
    ...place,
    name: 'alice',
    args: ['--v1-output', '--data', keep.alice],
  });
  last.type('the end');
  last.type('@bob the end for bob');
  assert.equal((await last.eof()).code, 0);
  await bob.prints('[alice] the end');
  await bob.prints('[alice] the end for bob');
  const { stdout } = await bob.eof();
  const numbers = [...stdout.matchAll(/^\[alice\] line (\d+)$/gm)].map(([, number]) =>
    Number(number),
  );
  assert.equal(new Set(numbers).size, numbers.length, 'nothing is there twice');
  for (const isPrivate of [false, true]) {
    const of = numbers.filter((number) => (number % 3 === 0) === isPrivate);
    assert.deepEqual(
      of,
      [...of].sort((one, other) => one - other),
      'in the order in which it was said',
    );
  }
  // A killed program may not have read all of its input. Messages on their way through a killed server arrive.
  for (let round = 1; round < rounds; round += 2) {
    for (let line = 1; line <= 200; line++) {
      assert.ok(numbers.includes(round * 200 + line), `line ${round * 200 + line} is lost`);
    }
  }
});
