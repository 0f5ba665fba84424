// The real server behind a reverse proxy, which adds the address that it was asked from [19].
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import {
  startServerProgram,
  webArgs,
  type Listener,
  type ServerProgram,
} from '../support/program.ts';
import { withinLimit } from '../support/time-limit.ts';
import { connectByWeb, webSocketTo } from '../support/web-client.ts';

/** The name that people know. Its TLS ends at the proxy. */
const name = 'chat.example.org';

/** Passes everything on to the server, as a proxy at `name` does. */
async function startProxy(t: TestContext, { web }: ServerProgram): Promise<Listener> {
  const proxy = createServer();
  proxy.on('upgrade', (asked, socket, head) => {
    t.after(() => socket.destroy());
    const passed = request({
      ...web,
      path: asked.url,
      headers: {
        ...asked.headers,
        host: name,
        'x-forwarded-for': '198.51.100.7, 203.0.113.9',
        'x-forwarded-proto': 'https',
      },
    });
    passed.on('upgrade', (answer, behind, first) => {
      t.after(() => behind.destroy());
      const headers = answer.rawHeaders.flatMap((word, at, all) =>
        at % 2 === 0 ? [`${word}: ${all[at + 1]}`] : [],
      );
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers.join('\r\n')}\r\n\r\n`);
      behind.unshift(first);
      socket.unshift(head);
      behind.pipe(socket).pipe(behind);
    });
    passed.on('response', ({ statusCode }) => socket.end(`HTTP/1.1 ${statusCode} No\r\n\r\n`));
    passed.end();
  });
  proxy.listen(0, '127.0.0.1');
  t.after(() => proxy.close());
  await once(proxy, 'listening');
  return { host: '127.0.0.1', port: (proxy.address() as AddressInfo).port };
}

const origin = `https://${name}`;

test('[19] behind a trusted proxy people are those that it names, and nobody is of this machine', async (t) => {
  const server = await startServerProgram(t, {
    args: ['--ping-interval', '0', ...webArgs, '--web-proxies', '127.0.0.1'],
  });
  const proxy = await startProxy(t, server);
  const guest = await connectByWeb(t, proxy, { origin });
  assert.match(await guest.next(), /^HELO /);
  guest.send('HELO alice');
  assert.match((await guest.rest()).join(), /^-ERR this server takes no guests/);
});

test('[19] behind one that is not trusted nobody is served: all of them would be people of this machine', async (t) => {
  const server = await startServerProgram(t, { args: ['--ping-interval', '0', ...webArgs] });
  const proxy = await startProxy(t, server);
  const webSocket = webSocketTo(t, proxy, { origin });
  const [, { statusCode }] = await withinLimit(once(webSocket, 'unexpected-response'), 'a refusal');
  assert.equal(statusCode, 403);
});
