import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatEvent, formatUserList, parseEvent, parseUserList, type Event } from './events.ts';
import { fatal, soft, success } from './replies.ts';
import { parseLineText, parseUsername } from './text.ts';

function checked<T>(value: T | undefined): T {
  assert.ok(value !== undefined);
  return value;
}

/** Lines as version 1 sends them, in the order of its sections. */
const v1Lines = [
  'HELO Welcome to the server',
  '+OK HELO bob',
  '-ERR user already logged in',
  '-ERR username has an invalid format (only characters, numbers and underscores are allowed)',
  '+OK BCST hi there',
  'BCST [bob] hi there',
  'PING',
  'DSCN Pong timeout',
  '+SUCCESS [Rogier, Steven, unknown]',
  'PM alice ciphertext',
  'PM alice ciphertext key',
  '-SOFT_ERR no such user!',
  'REQUEST_PUBLIC_KEY @alice 1579685400000',
  'PUBLIC_KEY @bob key 1579685400000',
  'GROUP_MESSAGE [bob] hi',
  'GROUP_MESSAGE user bob has been kicked out of group g',
  'FILE_TRANS @alice size,name,checksum',
  'READY_FOR_FILE @bob size,name,checksum 50123',
  'OPEN_PORT_TO_RECEIVE 50123',
  '+OK Goodbye',
];

test("version 1's lines are read and written byte for byte", () => {
  for (const line of v1Lines) {
    const event = parseEvent(line);
    assert.ok(event, line);
    assert.equal(formatEvent(event), `${line}\n`);
  }
});

test('events come back from their lines', () => {
  const from = fc.stringMatching(/^\w{1,32}$/).map((name) => checked(parseUsername(name)));
  const text = fc
    .string({ unit: 'grapheme', maxLength: 30 })
    .filter((text) => !/[\r\n\0]/.test(text));
  const metadata = text.filter((text) => text !== '').map((text) => checked(parseLineText(text)));
  const port = fc.integer({ min: 1, max: 65_535 });
  const event: fc.Arbitrary<Event> = fc.oneof(
    fc.record({ verb: fc.constant('BCST' as const), from, text }),
    fc.record({ verb: fc.constant('GROUP_MESSAGE' as const), from, text }),
    fc.record({ verb: fc.constant('DSCN' as const), reason: text }),
    fc.record({ verb: fc.constant('FILE_TRANS' as const), from, metadata }),
    fc.record({ verb: fc.constant('READY_FOR_FILE' as const), to: from, metadata, port }),
    fc.record({ verb: fc.constant('OPEN_PORT_TO_RECEIVE' as const), port }),
    fc.record({ verb: fc.constant('-SOFT_ERR' as const), text }),
  );
  fc.assert(
    fc.property(event, (event) => {
      assert.deepEqual(parseEvent(formatEvent(event).slice(0, -1)), { ...event });
    }),
  );
});

test('unknown and broken lines are no events', () => {
  for (const line of [
    '',
    'NOPE x',
    '+OK',
    '+OK HELO b-b',
    'BCST hi',
    'BCST [b b] hi',
    'PM bob',
    'PM b-b x',
  ]) {
    assert.equal(parseEvent(line), undefined, line);
  }
  fc.assert(fc.property(fc.string(), (line) => void parseEvent(line)));
});

test('[7.4] the list of users goes both ways', () => {
  assert.equal(formatUserList(['Rogier', 'Steven', 'unknown']), '[Rogier, Steven, unknown]');
  assert.deepEqual(parseUserList('[Rogier, Steven, unknown]'), ['Rogier', 'Steven', 'unknown']);
  assert.equal(parseUserList('group "g" has been created!'), undefined);
  assert.equal(parseUserList('[a,b]'), undefined);
});

test('replies go from code to text and back', () => {
  assert.equal(success.text('group-created', { group: 'g' }), 'group "g" has been created!');
  assert.deepEqual(soft.parse('user bob is not a member of group g'), {
    code: 'user-not-a-member',
    values: { user: 'bob', group: 'g' },
  });
  assert.deepEqual(soft.parse('why would you kick yourself out of your group :)?'), {
    code: 'cannot-kick-yourself',
    values: {},
  });
  assert.deepEqual(fatal.parse('line too long (at most 65536 bytes)'), {
    code: 'line-too-long',
    values: { max: '65536' },
  });
  assert.equal(soft.parse('something else'), undefined);
});

test('a text made to keep the reply patterns busy is passed over at once', () => {
  const before = process.cpuUsage();
  const text = `user${' x is not a member of group'.repeat(100_000)}\u2028`;
  assert.equal(soft.parse(text), undefined);
  assert.ok(process.cpuUsage(before).user < 1_000_000);
});
