import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { commandTable } from './commands.ts';
import { otherProtocol } from './other-protocols.ts';

test('first lines of other protocols are told by their form, in any letters', () => {
  for (const [line, protocol] of [
    ['GET / HTTP/1.1', 'HTTP'],
    ['post /chat?x=HELO%20evil http/1.0', 'HTTP'],
    ['PRI * HTTP/2.0', 'HTTP'],
    ['POST http://127.0.0.1:1337/ HTTP/1.1', 'HTTP'],
    ['CONNECT 127.0.0.1:1337 HTTP/1.1', 'HTTP'],
    ['HELO /alice HTTP/1.1', 'HTTP'],
    ['EHLO /{"user":"alice"} HTTP/1.1', 'HTTP'],
    ['BCST / HTTP/1.1 ', 'HTTP'],
    ['OPTIONS rtsp://h/a RTSP/1.0', 'RTSP'],
    ['INVITE sip:bob@h SIP/2.0', 'SIP'],
    ['\x16\x03\x01\x02\x00\x01\x00', 'TLS'],
    ['\x00\x01\x00\x00\x21\x12\xa4\x42rest', 'STUN'],
    ['\x00\x30\x00\x01\x00\x00\x21\x12\xa4\x42rest', 'STUN'],
    ['SSH-2.0-OpenSSH_9.2', 'SSH'],
    ['MAIL FROM:<a@b>', 'SMTP'],
    ['nick alice', 'IRC'],
    ['USER a 0 * :b', 'IRC, FTP or POP3'],
  ] as const) {
    assert.equal(otherProtocol(line), protocol, line);
  }
});

test('what people mistype is not taken for another protocol', () => {
  const lines = ['', ' ', 'hello', 'BCST I like HTTP/2', 'GET', 'HELO', 'helo alice', '/join g'];
  for (const line of [...lines, 'toString x', '__proto__']) {
    assert.equal(otherProtocol(line), undefined, line);
  }
});

test('no command is taken for another protocol', () => {
  for (const { form } of Object.values(commandTable)) assert.equal(otherProtocol(form), undefined);
  fc.assert(
    fc.property(fc.stringMatching(/^\w{1,32}$/), (name) => {
      assert.equal(otherProtocol(`HELO ${name}`), undefined);
    }),
  );
});
