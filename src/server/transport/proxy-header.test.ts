import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { maxProxyHeaderBytes, readProxyHeader } from './proxy-header.ts';

const signature = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
const line = (text: string): Buffer => Buffer.from(`${text}\r\n`, 'latin1');
const binary = (command: number, family: number, body: readonly number[]): Buffer =>
  Buffer.from([...signature, command, family, body.length >> 8, body.length & 0xff, ...body]);

const ipv4 = [203, 0, 113, 9, 192, 0, 2, 1, 0xc3, 0x50, 0x05, 0x3a];
const ipv6 = [
  0x20,
  0x01,
  0x0d,
  0xb8,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  7,
  ...Array.from({ length: 16 }, () => 1),
  0,
  80,
  0,
  81,
];
const mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 203, 0, 113, 9, ...ipv6.slice(16)];
const extensions = [0x04, 0x00, 0x03, 1, 2, 3];

const whole: readonly [header: Buffer, address: string | undefined][] = [
  [line('PROXY TCP4 203.0.113.9 192.0.2.1 50000 1338'), '203.0.113.9'],
  [line('PROXY TCP6 2001:DB8::7 ::1 0 65535'), '2001:db8::7'],
  [line('PROXY TCP6 ::ffff:203.0.113.9 ::1 1 2'), '203.0.113.9'],
  [line('PROXY TCP6 ::ffff:cb00:7109 ::1 1 2'), '203.0.113.9'],
  [line('PROXY UNKNOWN'), undefined],
  [line('PROXY UNKNOWN whatever they like'), undefined],
  [binary(0x21, 0x11, ipv4), '203.0.113.9'],
  [binary(0x21, 0x11, [...ipv4, ...extensions]), '203.0.113.9'],
  [binary(0x21, 0x21, ipv6), '2001:db8::7'],
  [binary(0x21, 0x21, mapped), '203.0.113.9'],
  [binary(0x20, 0x00, []), undefined],
  [binary(0x20, 0x11, ipv4), undefined],
  [binary(0x21, 0x00, []), undefined],
  [
    binary(
      0x21,
      0x31,
      Array.from({ length: 216 }, () => 0),
    ),
    undefined,
  ],
];

test('a header says whose the connection is, however it was split, and nothing behind it is looked at', () => {
  for (const [header, address] of whole) {
    for (let cut = 0; cut < header.length; cut++) {
      assert.equal(
        readProxyHeader(header.subarray(0, cut)).is,
        'unfinished',
        `${cut} of ${header.toString('latin1')}`,
      );
    }
    const read = { is: 'whole', bytes: header.length, address } as const;
    assert.deepEqual(readProxyHeader(header), read);
    assert.deepEqual(readProxyHeader(Buffer.concat([header, Buffer.from('HELO bob\r\n')])), read);
  }
});

test('what is not exactly a header is malformed', () => {
  const wrong = [
    line('HELO bob'),
    line('PROXY'),
    line('proxy TCP4 203.0.113.9 192.0.2.1 1 2'),
    line('PROXY TCP4 203.0.113.9 192.0.2.1 1'),
    line('PROXY TCP4  203.0.113.9 192.0.2.1 1 2'),
    line('PROXY TCP4 203.0.113.9 192.0.2.1 1 2 3'),
    line('PROXY TCP4 203.0.113.09 192.0.2.1 1 2'),
    line('PROXY TCP4 203.0.113.9 192.0.2.1 01 2'),
    line('PROXY TCP4 203.0.113.9 192.0.2.1 1 65536'),
    line('PROXY TCP4 ::1 192.0.2.1 1 2'),
    line('PROXY TCP6 203.0.113.9 ::1 1 2'),
    line('PROXY TCP6 fe80::1%eth0 ::1 1 2'),
    line('PROXY UDP4 203.0.113.9 192.0.2.1 1 2'),
    line('PROXY UNKNOWN\n'),
    line(`PROXY UNKNOWN ${'x'.repeat(107)}`),
    Buffer.from(`PROXY ${'x'.repeat(101)}`),
    binary(0x11, 0x11, ipv4),
    binary(0x22, 0x11, ipv4),
    binary(0x21, 0x12, ipv4),
    binary(0x21, 0x41, ipv4),
    binary(0x21, 0x11, ipv4.slice(1)),
    binary(0x21, 0x21, ipv4),
    Buffer.from([...signature, 0x21, 0x11, 0xff, 0xff]),
    Buffer.from([...signature.slice(0, 11), 0x0b]),
  ];
  for (const bytes of wrong) {
    assert.equal(readProxyHeader(bytes).is, 'malformed', bytes.toString('latin1'));
  }
});

test('whatever bytes come, the answer is one, and more than the longest header is never waited for', () => {
  const start = fc.constantFrom<number[]>(
    [],
    signature,
    [...Buffer.from('PROXY ')],
    [...Buffer.from('PROXY TCP4 1.2.3.4 1.2.3.4 ')],
  );
  const bytes = fc.tuple(start, fc.uint8Array({ maxLength: 4000 }));
  fc.assert(
    fc.property(bytes, ([first, rest]) => {
      const all = Uint8Array.from([...first, ...rest]);
      const header = readProxyHeader(all);
      if (header.is === 'unfinished') assert.ok(all.length < maxProxyHeaderBytes);
      if (header.is === 'whole') assert.ok(header.bytes <= all.length);
    }),
  );
});
