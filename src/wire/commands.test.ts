import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { commandTable, formatCommand, parseCommand, type Command } from './commands.ts';
import { parseGroupName, parseLineText, parseToken, parseUsername } from './text.ts';
import { formatProof, splitProof } from './transfer.ts';

function checked<T>(value: T | undefined): T {
  assert.ok(value !== undefined);
  return value;
}

const name = fc.stringMatching(/^\w{1,32}$/);
const username = name.map((text) => checked(parseUsername(text)));
const group = name.map((text) => checked(parseGroupName(text)));
const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((text) => parseLineText(text) !== undefined)
  .map((text) => checked(parseLineText(text)));
const token = fc.stringMatching(/^[!-~]{1,40}$/).map((text) => checked(parseToken(text)));
const proof = fc.stringMatching(/^[\w-]{43}$/).map((text) => checked(formatProof(text)));

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ verb: fc.constant('HELO' as const), username }),
  fc.record({ verb: fc.constant('BCST' as const), text }),
  fc.constant({ verb: 'PONG' as const }),
  fc.constant({ verb: 'GET_USERS' as const }),
  fc.record({ verb: fc.constant('PM' as const), to: username, payload: text }),
  fc.record({ verb: fc.constant('REQUEST_PUBLIC_KEY' as const), of: username, timestamp: token }),
  fc.record({
    verb: fc.constant('PUBLIC_KEY' as const),
    to: username,
    key: token,
    timestamp: token,
  }),
  fc.record({ verb: fc.constant('CREATE_GROUP' as const), group }),
  fc.record({ verb: fc.constant('JOIN_GROUP' as const), group }),
  fc.record({ verb: fc.constant('GROUP_MESSAGE' as const), group, text }),
  fc.record({ verb: fc.constant('LEAVE_GROUP' as const), group }),
  fc.record({ verb: fc.constant('KICK' as const), group, member: token }),
  fc.record({ verb: fc.constant('FILE_TRANS' as const), to: username, metadata: text }),
  fc.record({
    verb: fc.constant('READY_FOR_FILE' as const),
    from: username,
    metadata: text.filter((text) => splitProof(text)[1] === undefined),
    proof: fc.option(proof, { nil: undefined }),
  }),
  fc.constant({ verb: 'QUIT' as const }),
);

test('every command comes back from its line, which has one line end', () => {
  fc.assert(
    fc.property(command, (command) => {
      const line = formatCommand(command);
      assert.equal(line.indexOf('\n'), line.length - 1);
      const phase = command.verb === 'HELO' ? 'greeting' : 'open';
      assert.deepEqual(parseCommand(line.slice(0, -1), phase), { ok: true, value: { ...command } });
    }),
  );
});

test('any line gets a command or a refusal, in either phase, and what parses is canonical', () => {
  const words = fc.constantFrom(
    ...Object.keys(commandTable),
    '@bob',
    '@@g',
    '/join',
    '*all',
    'q',
    '',
  );
  const line = fc
    .array(fc.oneof(words, fc.string({ maxLength: 8 })), { maxLength: 5 })
    .map((words) => words.join(' '));
  fc.assert(
    fc.property(line, fc.constantFrom('greeting' as const, 'open' as const), (line, phase) => {
      const parsed = parseCommand(line, phase);
      if (parsed.ok && line.trimEnd() !== 'QUIT')
        assert.equal(formatCommand(parsed.value).trimEnd(), line.trimEnd());
      if (!parsed.ok) assert.ok(parseLineText(parsed.error.text));
    }),
    { numRuns: 1000 },
  );
});

test('every truncation of a full line is refused softly or is a shorter command', () => {
  const lines = [
    'PM @bob a b',
    'PUBLIC_KEY @bob key 12',
    'KICK /kick g bob',
    'GROUP_MESSAGE @@g hi',
    'FILE_TRANS /send_file @bob m',
    'READY_FOR_FILE @bob m',
  ];
  for (const line of lines) {
    for (let length = 0; length < line.length; length++) {
      const parsed = parseCommand(line.slice(0, length), 'open');
      if (!parsed.ok) assert.equal(parsed.error.severity, 'soft');
    }
  }
});

function refusal(line: string, phase: 'greeting' | 'open' = 'open') {
  const parsed = parseCommand(line, phase);
  assert.ok(!parsed.ok, line);
  return parsed.error;
}

test('[7.1] a name is letters, digits and underscores, 1 to 32, and a refusal of it is fatal', () => {
  for (const name of ['', ' ', 'a b', 'ü', 'a-b', 'x'.repeat(33), 'bob ', ' bob', '[bob]']) {
    assert.deepEqual(refusal(`HELO ${name}`, 'greeting'), {
      severity: 'fatal',
      text: 'username has an invalid format (only characters, numbers and underscores are allowed)',
    });
  }
  assert.ok(parseCommand(`HELO ${'x'.repeat(32)}`, 'greeting').ok);
  assert.ok(parseCommand('HELO _1a', 'greeting').ok);
});

test('a word that cannot be a name is the name of nobody', () => {
  assert.equal(refusal('PM @b-b x').text, 'no such user!');
  assert.equal(refusal('REQUEST_PUBLIC_KEY @b-b 1').text, 'no such user!');
  assert.equal(refusal('JOIN_GROUP /join a-b').text, 'no such group!');
  assert.equal(refusal('GROUP_MESSAGE @@a-b hi').text, 'no such group!');
  assert.equal(refusal('KICK /kick a-b bob').text, 'no such group!');
  assert.equal(refusal('FILE_TRANS /send_file @b-b m').text, 'no such user!');
  assert.equal(refusal('READY_FOR_FILE @b-b m').text, 'no such user!');
  assert.match(refusal('CREATE_GROUP /create_group a-b').text, /invalid format/);
});

test('commands out of their phase are refused softly', () => {
  for (const line of ['BCST hi', 'GET_USERS *all', 'nonsense', '']) {
    assert.equal(refusal(line, 'greeting').text, 'log in first: HELO <username>');
  }
  assert.equal(refusal('HELO bob').text, 'you are already logged in');
  assert.equal(refusal('HELO b-b').severity, 'soft');
  assert.equal(refusal('NOPE').text, 'unknown command');
  assert.equal(refusal('constructor x').text, 'unknown command');
});

test('NUL and CR inside a line are refused', () => {
  assert.equal(refusal('BCST a\0b').text, 'a line must not hold NUL or CR characters');
  assert.equal(refusal('BCST a\rb').text, 'a line must not hold NUL or CR characters');
});

test('a bare QUIT is taken, other words behind it are not', () => {
  assert.ok(parseCommand('QUIT', 'open').ok);
  assert.ok(parseCommand('QUIT q', 'greeting').ok);
  assert.equal(refusal('QUIT now').text, 'malformed command, the form is: QUIT q');
});
