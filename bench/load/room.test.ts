// The generator with small servers of the test's own, right and wrong ones.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import helo from '../peers/helo.ts';
import { openRoom } from './room.ts';

/** What a server does with the lines for one member: the lines that it passes on, or that it closes. */
type Mischief = (lines: readonly string[], member: number) => readonly string[] | 'close';

/** A server for `HELO` and `BCST` that passes messages on to the others, changed by `mischief`. */
async function serve(t: TestContext, mischief: Mischief): Promise<number> {
  const members: Socket[] = [];
  const server = createServer((socket) => {
    const member = members.push(socket) - 1;
    socket.on('error', () => {});
    socket.write('HELO welcome\n');
    let name = '';
    let rest = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      const said = lines.map((line) => line.slice(5));
      if (name === '') {
        name = said[0] ?? '';
        socket.write(`+OK HELO ${name}\n`);
        return;
      }
      for (const [index, each] of members.entries()) {
        const passed = index === member ? said : mischief(said, index);
        const head = index === member ? '+OK BCST' : `BCST [${name}]`;
        if (passed === 'close') each.destroy();
        else each.write(passed.map((line) => `${head} ${line}\n`).join(''));
      }
    });
  });
  server.listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  t.after(() => {
    for (const socket of members) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Lets two people write to eight until each has received at least `least` lines. Returns the fault. */
async function speak(t: TestContext, mischief: Mischief, least: number): Promise<string> {
  const failures: string[] = [];
  const { dialect, archive } = helo;
  assert.ok(dialect && archive);
  const parts = { dialect, archive };
  const room = await openRoom(
    {
      ...parts,
      port: await serve(t, mischief),
      pid: process.pid,
      short: true,
      fail: (error) => failures.push(error.message),
    },
    { listeners: 8, speakers: 2, payloadBytes: 40, window: 4 },
  );
  t.after(() => room.leave());
  room.pump.start();
  while (failures.length === 0 && room.arrivals.delivered < 8 * least) await turn();
  room.pump.stop();
  if (failures.length === 0) await room.settled();
  return failures[0] ?? 'nothing';
}

test('a right server is found right', async (t) => {
  assert.equal(await speak(t, (lines) => lines, 500), 'nothing');
});

test('one line lost, doubled or swapped for one listener is found', async (t) => {
  let turns = 0;
  const once = (change: Mischief): Mischief => {
    turns = 0;
    return (lines, member) =>
      member === 5 && lines.length > 1 && ++turns === 20 ? change(lines, member) : lines;
  };
  const lost = once((lines) => lines.slice(1));
  assert.match(await speak(t, lost, 100_000), /listener 5: .* lost or overtaken/);
  const doubled = once((lines) => [...lines.slice(0, 1), ...lines]);
  assert.match(await speak(t, doubled, 100_000), /listener 5: .* came twice or too late/);
  const swapped = once((lines) => [...lines].reverse());
  assert.match(await speak(t, swapped, 100_000), /listener 5: .* lost or overtaken/);
});

test('a connection that is closed is found', async (t) => {
  let turns = 0;
  const closing: Mischief = (lines) => (++turns === 100 ? 'close' : lines);
  assert.match(await speak(t, closing, 100_000), /the connection of u0000\d was closed/);
});
