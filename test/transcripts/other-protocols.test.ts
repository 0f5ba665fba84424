// Programs at the wrong port: nothing that they send is carried out, whoever made them send it. A web page can make a
// browser send such things to any port that it reaches.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { fatal, soft } from '../../src/wire/replies.ts';
import { connectLines } from '../support/line-client.ts';
import { startServerProgram } from '../support/program.ts';
import { withinLimit } from '../support/time-limit.ts';
import { transcripts } from './stage.ts';

const body = '\r\nHELO evil\r\nBCST said by a page\r\nQUIT q\r\n';
const headers = 'Host: 127.0.0.1:1337\r\nContent-Type: text/plain\r\nContent-Length: 99\r\n';
const form = 'HELO=evil&x=\r\nHELO evil\r\nBCST said by a page\r\n';

/** What is sent at once, by its protocol. */
const strangers: readonly (readonly [protocol: string, bytes: string])[] = [
  ...['POST', 'post', 'HELO', 'BCST', 'EHLO', 'PROVE', 'QUIT', 'PONG', 'X-ANY'].map(
    (method) => ['HTTP', `${method} / HTTP/1.1\r\n${headers}${body}`] as const,
  ),
  ['HTTP', `POST http://127.0.0.1:1337/ HTTP/1.1\r\n${headers}${body}`],
  ['HTTP', `\r\n\r\nPOST / HTTP/1.1\r\n${headers}${body}`],
  ['HTTP', `POST / HTTP/1.1\n\n${form}`],
  ['HTTP', `GET /HELO%20evil HTTP/1.1\r\nUpgrade: websocket\r\n${headers}${body}`],
  ['HTTP', `PRI * HTTP/2.0\r\n\r\nSM\r\n${body}`],
  ['RTSP', `OPTIONS rtsp://127.0.0.1/ RTSP/1.0\r\n${body}`],
  ['SIP', `INVITE sip:a@127.0.0.1 SIP/2.0\r\n${body}`],
  ['TLS', `\x16\x03\x01\x00\xa5\x01${body}`],
  ['STUN', `\x00\x03\x00\x24\x21\x12\xa4\x42${body}`],
  ['SSH', `SSH-2.0-x\r\n${body}`],
  ['SMTP', `MAIL FROM:<a@b>\r\n${body}`],
  ['IRC', `NICK evil\r\n${body}`],
  ['IRC, FTP or POP3', `USER anonymous\r\n${body}`],
];

transcripts({
  'a line of another protocol ends the connection, and nothing behind it is carried out': async ({
    people,
    stranger,
  }) => {
    const [alice] = await people('alice');
    for (const [protocol, bytes] of strangers) {
      const client = await stranger();
      client.client.socket.write(Buffer.from(bytes, 'latin1'));
      const lines = await client.client.rest();
      const last = `-ERR ${fatal.text('other-protocol', { protocol })}`;
      assert.equal(lines.at(-1), last, bytes);
      client.vanishes();
    }
    await alice.hearsNothing();
  },

  'who mistypes sixteen times may still log in, and nobody who goes on': async ({ stranger }) => {
    const patient = await stranger();
    const client = await stranger();
    const wrong = ['', 'help', 'BCST hi', 'SEND {}', '{"a":1}', 'PONG x', 'QUIT now', 'X {}'];
    for (const line of [...wrong, ...wrong]) {
      for (const person of [patient, client]) {
        person.says(line);
        assert.match((await person.client.next()).replace(/ .*/, ''), /^-SOFT_ERR$/);
      }
    }
    patient.says('HELO alice');
    await patient.hears('+OK HELO alice');
    client.client.socket.write('one more\nHELO evil\nBCST said\n');
    await client.hearsLast(`-ERR ${fatal.text('no-login', { max: 16 })}`);
    await patient.hearsNothing();
  },

  'bytes that are no text count as well': async ({ stranger }) => {
    const client = await stranger();
    client.client.socket.write(Buffer.from('\xff\xfe\n'.repeat(17) + 'HELO evil\n', 'latin1'));
    const refused = `-SOFT_ERR ${soft.text('not-utf8')}`;
    await client.hearsLast(
      ...Array.from({ length: 16 }, () => refused),
      `-ERR ${fatal.text('no-login', { max: 16 })}`,
    );
  },
});

transcripts(
  {
    'who has not logged in in time is told and closed': async ({ people, stranger }) => {
      const [alice] = await people('alice');
      const client = await stranger();
      const talker = await stranger();
      talker.says('PONG');
      const half = await stranger();
      half.says(`EHLO {"user":"eve","device":"${'A'.repeat(43)}","nonce":"${'A'.repeat(43)}"}`);
      assert.match(await half.client.next(), /^CHALLENGE /);
      for (const late of [client, talker, half]) await late.hearsLast('DSCN Login timeout');
      await alice.hearsNothing();
    },
  },
  ['--login-timeout', '4', '--ping-interval', '0'],
);

transcripts(
  {
    'a heartbeat that is answered is no login': async ({ stranger }) => {
      const client = await stranger();
      for (;;) {
        const line = await client.client.next();
        if (line === 'PING') client.says('PONG');
        else return assert.equal(line, 'DSCN Login timeout');
      }
    },
  },
  ['--login-timeout', '0.5', '--ping-interval', '0.1'],
);

test('what programs for HTTP send by any method is not said', async (t) => {
  const server = await startServerProgram(t, { args: ['--ping-interval', '0'] });
  const alice = await connectLines(t, server.plain);
  await alice.next();
  alice.send('HELO alice');
  await alice.next();
  for (const method of ['GET', 'POST', 'PUT', 'M-SEARCH', 'PROPFIND']) {
    const answered = new Promise<unknown>((resolve) => {
      const asked = request({ ...server.plain, method }, resolve);
      asked.on('error', resolve);
      asked.end(body);
    });
    // The greeting is not an answer of HTTP.
    const answer = await withinLimit(answered, 'an end');
    assert.ok(answer instanceof Error, method);
  }
  alice.send('GET_USERS *all');
  // The last one may still be ending. Nobody has logged in, and nothing was posted.
  assert.match(await alice.next(), /^\+SUCCESS \[alice(, unknown)*\]$/);
});
