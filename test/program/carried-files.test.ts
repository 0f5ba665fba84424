// Files of the page that `helo web` serves [19.1]: their WebSockets go to the server's transfer ports, over TLS under the
// certificate of the server, and to nobody else's.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { test } from 'node:test';
import { startServerProgram } from '../support/program.ts';
import { withinLimit } from '../support/time-limit.ts';
import { webSocketTo } from '../support/web-client.ts';
import { visitByWeb } from '../support/web-file.ts';
import { startWeb } from '../support/web-page.ts';
import { agree, ByteClient, delivered, login } from '../support/worlds/file-people.ts';

const content = randomBytes(9 * 1024 * 1024);

test('a file goes through helo web to a port over TLS, and its status comes back', async (t) => {
  const server = await startServerProgram(t, {
    args: ['--tls-port', '0', '--tls-host', '127.0.0.1', '--guests', 'on', '--ping-interval', '0'],
  });
  const web = {
    host: '127.0.0.1',
    port: (await startWeb(t, `tls://127.0.0.1:${server.tls.port}`)).port,
  };
  const alice = await login(t, server.tls, 'alice', { secure: true });
  const bob = await login(t, server.tls, 'bob', { secure: true });

  const first = await agree({ alice, bob });
  const page = await visitByWeb(t, web, first);
  const receiver = new ByteClient(t, first, { secure: true });
  await receiver.send('OPEN_PORT_TO_RECEIVE bob\n');
  page.socket.write(Buffer.concat([Buffer.from('FILE <alice @bob m '), content]));
  await receiver.expect('FILE <alice @alice m ');
  assert.ok((await receiver.take(content.length)).equals(content));
  await receiver.send(`${delivered} @alice\n`);
  assert.deepEqual(await page.rest(), [delivered]);

  const second = await agree({ alice, bob });
  const back = await visitByWeb(t, web, second);
  back.send('OPEN_PORT_TO_RECEIVE bob');
  const sender = new ByteClient(t, second, { secure: true });
  await sender.send('FILE <alice @bob m one\ntwo\n');
  for (const line of ['FILE <alice @alice m one', 'two']) await back.expect(line);
  back.send(`${delivered} @alice`);
  assert.equal((await sender.rest()).toString(), `${delivered}\n`);
});

test('a port with another certificate than the server has gets nothing, and other pages get to no port', async (t) => {
  const server = await startServerProgram(t, {
    args: ['--tls-port', '0', '--tls-host', '127.0.0.1', '--guests', 'on'],
  });
  const other = await startServerProgram(t, {
    args: ['--tls-port', '0', '--tls-host', '127.0.0.1', '--guests', 'on', '--ping-interval', '0'],
  });
  const { port } = await startWeb(t, `tls://127.0.0.1:${server.tls.port}`);
  const web = { host: '127.0.0.1', port };
  const alice = await login(t, other.tls, 'alice', { secure: true });
  const bob = await login(t, other.tls, 'bob', { secure: true });
  const foreign = await agree({ alice, bob });
  const page = await visitByWeb(t, web, foreign);
  page.send('OPEN_PORT_TO_RECEIVE bob');
  assert.deepEqual(await page.rest(), []);
  for (const origin of ['http://evil.example', 'null']) {
    const refused = webSocketTo(t, web, { path: `/file/${foreign}`, origin });
    const [, response] = await withinLimit(once(refused, 'unexpected-response'), 'a refusal');
    assert.equal(response.statusCode, 403);
  }
});
