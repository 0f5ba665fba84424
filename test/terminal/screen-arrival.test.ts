// The moment before the login: what a newcomer types then is sent after it, and kept if there is none.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { connectLines } from '../support/line-client.ts';
import { startServerProgram, type Listener } from '../support/program.ts';
import { atOneSize } from '../support/screen.ts';
import { keys, openTerminal } from '../support/terminal.ts';

/** A proxy to `server` that lets nothing through before it is opened. */
async function startDoor(t: TestContext, server: Listener) {
  const waiting: Socket[] = [];
  const sockets = new Set<Socket>();
  const door = createServer((client) => void waiting.push(client));
  door.on('connection', (socket) => void sockets.add(socket));
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  t.after(() => {
    door.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    port: (door.address() as AddressInfo).port,
    open(): void {
      for (const client of waiting.splice(0)) {
        const onward = connect(server.port, server.host);
        sockets.add(onward);
        client.on('error', () => onward.destroy());
        onward.on('error', () => client.destroy());
        client.pipe(onward).pipe(client);
      }
    },
  };
}

atOneSize(
  'what is typed before one is in is said when one is, and not lost',
  async (t, { columns, rows }) => {
    const { plain } = await startServerProgram(t);
    const eve = await connectLines(t, plain);
    eve.send('HELO eve');
    await eve.next();
    await eve.next();
    const door = await startDoor(t, plain);
    const command = `helo chat --server 127.0.0.1:${door.port} --name bob`;
    const terminal = await openTerminal(t, command, { columns, rows });
    await terminal.shows('◌ connecting');
    terminal.type(
      'I am early',
      keys.enter,
      'and quick',
      keys.enter,
      '/create_group g --open',
      keys.enter,
    );
    terminal.type('a draft');
    await terminal.shows('> a draft');
    door.open();
    await eve.expect('BCST [bob] I am early');
    await eve.expect('BCST [bob] and quick');
    // Made, but not opened: something is being typed here.
    await terminal.shows('# g');
    await terminal.shows('> a draft');
    await terminal.shows('and quick ✓');
  },
);
