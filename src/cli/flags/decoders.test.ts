import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  bytes,
  host,
  lineOfText,
  oneOf,
  path,
  portOrOff,
  portRange,
  seconds,
  wholeNumber,
} from './decoders.ts';
import type { Decoder } from './table.ts';

function accepts<T>(decode: Decoder<T>, cases: readonly (readonly [string, T])[]): void {
  for (const [text, value] of cases)
    assert.deepEqual(decode(text, '/f'), { ok: true, value }, text);
}

function refuses(decode: Decoder<unknown>, texts: readonly string[], allowed: string): void {
  for (const text of texts)
    assert.deepEqual(decode(text, '/f'), { ok: false, error: allowed }, text);
}

test('a whole number is decimal digits within the range', () => {
  const decode = wholeNumber(1, 100);
  accepts(decode, [
    ['1', 1],
    ['100', 100],
    ['007', 7],
  ]);
  const bad = [
    '',
    '0',
    '101',
    '-1',
    '+1',
    '1.0',
    '1e1',
    '0x1',
    ' 1',
    '1 ',
    '１',
    'NaN',
    '9'.repeat(400),
  ];
  refuses(decode, bad, 'a whole number from 1 to 100');
});

test('a port is 0 to 65535, or off', () => {
  accepts(portOrOff, [
    ['0', 0],
    ['65535', 65_535],
    ['off', undefined],
  ]);
  const bad = ['65536', '-1', 'OFF', '', 'no'];
  refuses(portOrOff, bad, 'a port from 0 to 65535 (0 takes a free one), or off');
});

test('a port range has both ends, the lower one first', () => {
  accepts(portRange, [
    ['5000-5099', { from: 5000, to: 5099 }],
    ['7-7', { from: 7, to: 7 }],
  ]);
  const bad = ['5000', '5099-5000', '0-5', '1-65536', '1-', '-1', 'a-b', '1-2-3', '1 - 2', ''];
  refuses(portRange, bad, 'two ports A-B with 1 <= A <= B <= 65535, such as 5000-5099');
});

test('seconds may have fractions; zero only where it means never', () => {
  accepts(seconds(0.05, 60), [
    ['0.05', 50],
    ['.2', 200],
    ['3', 3000],
    ['60', 60_000],
    ['1.5', 1500],
  ]);
  const bad = ['0', '0.04', '61', '-1', '1s', '1e1', '', '.', 'Infinity'];
  refuses(seconds(0.05, 60), bad, 'seconds from 0.05 to 60');
  accepts(seconds(0.05, 60, { zero: true }), [
    ['0', 0],
    ['0.0', 0],
  ]);
  refuses(seconds(0.05, 60, { zero: true }), ['0.01'], 'seconds from 0.05 to 60, or 0 for never');
});

test('one of a few words, letter for letter', () => {
  accepts(oneOf(['warn', 'error']), [['warn', 'warn']]);
  refuses(oneOf(['warn', 'error']), ['WARN', '', 'warning', 'toString'], 'one of warn, error');
});

test('a host is an address or a name', () => {
  accepts(host, [
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
    ['[::1]', '::1'],
    ['chat.example.org', 'chat.example.org'],
    ['localhost', 'localhost'],
  ]);
  const bad = [
    '',
    '256.1.1.1',
    '1.2.3',
    'a b',
    'a..b',
    '-a',
    'http://a',
    'a:1',
    '[a]',
    'x'.repeat(64),
    '::g',
  ];
  refuses(host, bad, 'an IP address or a host name, such as 127.0.0.1, ::1 or localhost');
});

test('a line of text has no control characters and a length in bytes', () => {
  accepts(lineOfText(8), [
    ['', ''],
    ['grüße', 'grüße'],
    ['12345678', '12345678'],
  ]);
  const bad = ['123456789', 'grüßeee', 'a\nb', 'a\rb', 'a\0b', '\u001b', '\ud800'];
  refuses(lineOfText(8), bad, 'one line of at most 8 bytes without control characters');
});

test('a path starts from the folder of where it stands; ~/ is home', () => {
  accepts(path, [
    ['/a', '/a'],
    ['a/b', '/f/a/b'],
    ['../a', '/a'],
    ['~', homedir()],
    ['~/a', `${homedir()}/a`],
    ['~a', '/f/~a'],
  ]);
  refuses(path, ['', 'a\0b'], 'the path of a file or folder');
});

test('no text makes a decoder throw', () => {
  const decoders = [
    wholeNumber(0, 9),
    portOrOff,
    portRange,
    seconds(0, 1),
    oneOf(['a']),
    host,
    lineOfText(9),
    path,
  ];
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const decode of decoders) decode(text, '/f');
    }),
  );
});

test('bytes may have a unit', () => {
  for (const [text, value] of [
    ['0', 0],
    ['5000000', 5_000_000],
    ['500kB', 500_000],
    ['100 mb', 100_000_000],
    ['2GB', 2_000_000_000],
    ['9007TB', 9_007_000_000_000_000],
  ] as const) {
    assert.deepEqual(bytes(text, '/'), { ok: true, value });
  }
  for (const text of ['', '-1', '1.5GB', '9008TB', '1KiB', 'MB', '1e9', '0x10']) {
    assert.equal(bytes(text, '/').ok, false, text);
  }
});
