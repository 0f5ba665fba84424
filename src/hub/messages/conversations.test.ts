// Messages between people with and without accounts: who receives them in which form, what is stored under which
// number, repeats, private conversations and how far they were fetched.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExtendedEvent } from '../../wire/extended/events.ts';
import type { RequestOf } from '../../wire/extended/requests.ts';
import type { LineText } from '../../wire/text.ts';
import { parsePlace } from '../../wire/extended/names.ts';
import type { ConnectionId } from '../effects.ts';
import { readable } from '../lookups.ts';
import { deviceOf, Stage } from '../stage.fixture.ts';

type Send = RequestOf<'SEND'>;

const send = (place: string, id: string, more: Partial<Send> = {}): Send => ({
  verb: 'SEND',
  label: undefined,
  in: place,
  id,
  ...more,
});
const say = (place: string, id: string, text: string): Send =>
  send(place, id, { text: text as LineText });
const whisper = (to: string, id: string, sealed: string): Send =>
  send(`@${to}`, id, { sealed, device: deviceOf(to) });

/** The extended events, by verb and the requested fields. */
function brief(events: readonly (string | ExtendedEvent)[]): unknown[] {
  return events.map((event) => {
    if (typeof event === 'string') return event;
    const fields = event as unknown as Readonly<Record<string, unknown>>;
    return [event.verb, fields['in'], fields['code'] ?? fields['seq'] ?? fields['why']];
  });
}

/** alice is 1 and bob 2, with accounts; gus is 3, a guest. */
function three(env: ConstructorParameters<typeof Stage>[0] = {}) {
  const stage = new Stage(env);
  stage.account(1, 'alice');
  stage.account(2, 'bob');
  stage.guest(3, 'gus');
  return stage;
}

test('[13.1] the lobby: each form hears its own, numbers rise whoever speaks', () => {
  const stage = three();
  stage.request(1, { ...say('lobby', 's.1', 'hi'), label: 'l' });
  const at = stage.now - 1;
  assert.deepEqual(stage.events(1), [
    { verb: 'SENT', label: 'l', in: 'lobby', id: 's.1', seq: 1, at },
  ]);
  assert.deepEqual(stage.events(2), [
    { verb: 'MSG', in: 'lobby', seq: 1, at, from: 'alice', id: 's.1', text: 'hi' },
  ]);
  assert.deepEqual(stage.read(3), ['BCST [alice] hi']);
  stage.line(3, 'BCST yo');
  assert.deepEqual(stage.events(1), [
    { verb: 'MSG', in: 'lobby', seq: 2, at: stage.now - 1, from: 'gus', guest: true, text: 'yo' },
  ]);
  assert.deepEqual(stage.read(3), ['+OK BCST yo']);
  stage.line(2, 'BCST ho');
  assert.deepEqual(brief(stage.events(2)), [['MSG', 'lobby', 2], '+OK BCST ho']);
  assert.deepEqual(
    stage.memory.messages(1).map(({ seq, text }) => [seq, text]),
    [
      [1, 'hi'],
      [2, 'yo'],
      [3, 'ho'],
    ],
  );
});

test('[13.3] a number is taken once: a repeat says nothing again, a later one names the next', () => {
  const stage = three();
  stage.request(1, say('lobby', 's.7', 'a'));
  stage.request(1, say('lobby', 's.8', 'b'));
  stage.read(1);
  stage.read(2);
  for (const [id, seq] of [
    ['s.7', 1],
    ['s.8', 2],
    ['s.1', undefined],
  ] as const) {
    stage.request(1, say('lobby', id, 'x'));
    const [sent] = stage.events(1);
    assert.ok(typeof sent === 'object' && sent.verb === 'SENT');
    assert.deepEqual([sent.in, sent.id, sent.seq, sent.repeated], ['lobby', id, seq, true]);
  }
  stage.request(1, say('lobby', 's.10', 'x'));
  const [failed] = stage.events(1);
  assert.ok(typeof failed === 'object' && failed.verb === 'FAILED');
  assert.deepEqual([failed.code, failed.expected, failed.id], ['out-of-order', 9, 's.10']);
  assert.deepEqual(stage.read(2), []);
  // A refused message has not used up its number.
  stage.request(1, say('#nowhere', 's.9', 'x'));
  stage.request(1, say('lobby', 's.9', 'c'));
  assert.deepEqual(brief(stage.events(1)), [
    ['FAILED', undefined, 'no-such-place'],
    ['SENT', 'lobby', 3],
  ]);
  const later = stage.restart();
  later.account(1, 'alice');
  later.request(1, say('lobby', 's.9', 'c'));
  assert.deepEqual(brief(later.events(1)), [['SENT', 'lobby', 3]]);
});

test('streams are capped: the one that was used least recently is forgotten', () => {
  const stage = three({ maxStreamsPerAccount: 2 });
  for (const id of ['a.1', 'b.1', 'a.2', 'c.1']) stage.request(1, say('lobby', id, 'x'));
  const kept = () => stage.memory.records().streams.map(({ stream, last }) => `${stream}.${last}`);
  assert.deepEqual(kept().sort(), ['a.2', 'c.1']);
});

test('[13.2] a private message: to both, numbered, for the device that it is sealed for', () => {
  const stage = three();
  stage.account(4, 'alice');
  stage.account(5, 'bob', { private: false });
  stage.request(1, { ...whisper('bob', 's.1', 'xyz'), welcome: 'www' });
  assert.deepEqual(brief(stage.events(1)), [
    ['JOINED', '@alice+bob', undefined],
    ['SENT', '@alice+bob', 1],
  ]);
  const said = { id: 's.1', sealed: 'xyz', welcome: 'www', device: deviceOf('bob') };
  const message = {
    verb: 'MSG',
    in: '@alice+bob',
    seq: 1,
    at: stage.now - 1,
    from: 'alice',
    ...said,
  };
  assert.deepEqual(stage.events(2)[1], message);
  assert.deepEqual(stage.events(4)[1], message);
  assert.deepEqual(stage.read(5), []);
  assert.deepEqual(stage.read(3), []);
  const refused = (request: Send) => {
    stage.request(1, request);
    return (stage.events(1)[0] as { code?: string }).code;
  };
  assert.equal(refused(whisper('gus', 's.2', 'x')), 'no-such-account');
  assert.equal(refused(whisper('Bob', 's.2', 'x')), 'no-such-account');
  assert.equal(refused(whisper('alice', 's.2', 'x')), 'to-yourself');
  assert.equal(refused({ ...whisper('bob', 's.2', 'x'), device: deviceOf('z') }), 'device-changed');
  assert.equal(refused(say('@bob', 's.2', 'x')), 'not-encrypted');
  assert.equal(refused(send('@bob', 's.2', { sealed: 'x' })), 'malformed');
  assert.equal(refused(send('lobby', 's.2', { sealed: 'x' })), 'malformed');
  assert.equal(refused(send('lobby', 's.2')), 'malformed');
  stage.admin({ act: 'reset-device', name: 'bob' });
  assert.equal(refused(whisper('bob', 's.2', 'x')), 'device-changed');
});

test('[13.4] a connection without the private conversations throws none of them away', () => {
  const stage = three();
  stage.account(9, 'bob', { private: false });
  stage.request(1, whisper('bob', 's.1', 'x'));
  stage.read(9);
  stage.request(9, { verb: 'GOT', label: undefined, in: '@alice', seq: 1 });
  assert.deepEqual(brief(stage.events(9)), [['FAILED', undefined, 'not-here']]);
  assert.equal(stage.memory.records().cursors.length, 0);
});

test('[13.4] what both have is thrown away; the other hears how far one is', () => {
  const stage = three();
  for (const id of ['s.1', 's.2', 's.3']) stage.request(1, whisper('bob', id, 'x'));
  stage.read(1);
  stage.read(2);
  const got = (connection: number, place: string, seq: number) =>
    stage.request(connection, { verb: 'GOT', label: undefined, in: place, seq });
  got(2, '@alice', 2);
  assert.deepEqual(stage.events(1), [{ verb: 'DELIVERED', in: '@alice+bob', by: 'bob', seq: 2 }]);
  const log = () => stage.memory.records().logs.find(({ name }) => name === '@alice+bob');
  assert.equal(log()?.first, 1);
  got(2, '@alice', 1);
  got(2, '@alice', 2);
  assert.deepEqual(stage.read(1), []);
  // No further than the last message.
  got(1, '@bob', 99);
  assert.deepEqual(brief(stage.events(2)), [['DELIVERED', '@alice+bob', 3]]);
  assert.equal(log()?.first, 3);
  got(1, 'lobby', 1);
  got(1, '@gus', 1);
  assert.deepEqual(brief(stage.events(1)), [
    ['FAILED', undefined, 'no-such-place'],
    ['FAILED', undefined, 'no-such-account'],
  ]);
  const [welcome] = stage.restart().account(1, 'bob');
  assert.ok(typeof welcome === 'object' && welcome.verb === 'WELCOME');
  assert.deepEqual(welcome.conversations[1], {
    in: '@alice+bob',
    log: log()?.log,
    first: 3,
    last: 3,
    kept: true,
    got: 2,
    peerGot: 3,
  });
});

test('an account begins so many private conversations, and answers in any', () => {
  const stage = three({ maxDirectsPerAccount: 1 });
  stage.account(4, 'carol');
  stage.account(5, 'dave');
  stage.request(1, whisper('bob', 's.1', 'x'));
  stage.request(4, whisper('bob', 's.1', 'x'));
  for (const connection of [1, 2, 4]) stage.read(connection);
  stage.request(1, whisper('carol', 's.2', 'x'));
  stage.request(2, whisper('carol', 't.1', 'x'));
  stage.request(2, whisper('dave', 't.2', 'x'));
  assert.deepEqual(brief(stage.events(1)), [['FAILED', undefined, 'too-many-conversations']]);
  assert.deepEqual(brief(stage.events(2)), [
    ['SENT', '@bob+carol', 2],
    ['FAILED', undefined, 'too-many-conversations'],
  ]);
});

test('[13.1] a group is kept from its first account to its last, and read from the joining on', () => {
  const stage = three();
  const records = () => stage.memory.records();
  stage.line(3, 'CREATE_GROUP /create_group g');
  stage.line(3, 'GROUP_MESSAGE @@g before');
  assert.deepEqual(records().groups, []);
  stage.line(1, 'JOIN_GROUP /join g');
  const [, joined] = stage.events(1);
  assert.ok(typeof joined === 'object' && joined.verb === 'JOINED');
  const { log } = joined;
  assert.deepEqual(joined, {
    verb: 'JOINED',
    in: '#g',
    log,
    first: 1,
    last: 0,
    kept: true,
    admin: 'gus',
  });
  assert.deepEqual(records().groups, [{ name: 'g', admin: undefined }]);
  stage.line(3, 'GROUP_MESSAGE @@g one');
  stage.request(1, say('#g', 's.1', 'two'));
  assert.deepEqual(brief(stage.events(1)), [
    ['MSG', '#g', 1],
    ['SENT', '#g', 2],
  ]);
  assert.equal(stage.read(3).at(-1), 'GROUP_MESSAGE [alice] two');
  stage.request(2, say('#g', 's.1', 'x'));
  assert.deepEqual(brief(stage.events(2)), [['FAILED', undefined, 'not-a-member']]);
  stage.line(2, 'JOIN_GROUP /join g');
  stage.line(3, 'GROUP_MESSAGE @@g three');
  const range = (connection: number) => {
    const place = parsePlace('#g');
    assert.ok(place);
    const found = readable(stage.hub, connection as ConnectionId, place);
    return found.ok ? [found.value.first, found.value.last] : found.error;
  };
  assert.deepEqual(range(1), [1, 3]);
  assert.deepEqual(range(2), [3, 3]);
  assert.deepEqual(range(3), 'no-such-place');
  stage.read(2);
  stage.line(3, 'KICK /kick g bob');
  assert.deepEqual(brief(stage.events(2)), [
    '+SUCCESS you have been kicked out of the group g',
    ['LEFT', '#g', 'kicked'],
  ]);
  assert.deepEqual(records().bans, [{ type: 'ban', group: 'g', folded: 'bob' }]);
  assert.equal(range(2), 'not-a-member');
  stage.line(1, 'LEAVE_GROUP /leave g');
  assert.deepEqual([records().groups, records().members, records().bans], [[], [], []]);
  assert.deepEqual(
    records().logs.map(({ name }) => name),
    ['lobby'],
  );
  // The group lives on for guests, and its messages are not stored.
  stage.line(3, 'GROUP_MESSAGE @@g four');
  assert.equal(stage.read(3).at(-1), 'GROUP_MESSAGE [gus] four');
});

test('who was kicked out among guests stays out when the group is kept', () => {
  const stage = three();
  stage.guest(4, 'eve');
  stage.line(3, 'CREATE_GROUP /create_group g');
  stage.line(4, 'JOIN_GROUP /join g');
  stage.line(3, 'KICK /kick g eve');
  stage.line(1, 'JOIN_GROUP /join g');
  stage.disconnect(3);
  const later = stage.restart();
  later.guest(1, 'Eve');
  later.line(1, 'JOIN_GROUP /join g');
  assert.deepEqual(later.read(1), ['-SOFT_ERR you are banned from that group!']);
});

test('an account that is away stays a member, is heir and can be kicked', () => {
  const stage = three();
  stage.line(3, 'CREATE_GROUP /create_group g');
  stage.line(1, 'JOIN_GROUP /join g');
  stage.line(2, 'JOIN_GROUP /join g');
  stage.disconnect(1);
  stage.disconnect(3);
  assert.deepEqual(stage.memory.records().groups, [{ name: 'g', admin: 1 }]);
  const later = stage.restart();
  later.account(1, 'alice');
  later.line(1, 'GROUP_MESSAGE @@g hi');
  assert.deepEqual(brief(later.events(1)), [['MSG', '#g', 1]]);
  later.line(1, 'KICK /kick g bob');
  assert.equal(later.read(1).at(-1), '+SUCCESS user bob has been kicked out of group g');
  later.account(2, 'bob');
  later.line(2, 'JOIN_GROUP /join g');
  assert.deepEqual(later.read(2), ['-SOFT_ERR you are banned from that group!']);
});

test('history can be off: heard by those who are there, without numbers, and said so', () => {
  const stage = three({ keep: { lobby: false, groups: false, direct: false } });
  stage.request(1, say('lobby', 's.1', 'hi'));
  stage.request(1, whisper('bob', 's.2', 'x'));
  assert.deepEqual(brief(stage.events(1)), [
    ['SENT', 'lobby', undefined],
    ['SENT', '@alice+bob', undefined],
  ]);
  assert.deepEqual(brief(stage.events(2)), [
    ['MSG', 'lobby', undefined],
    ['MSG', '@alice+bob', undefined],
  ]);
  stage.disconnect(2);
  stage.request(1, whisper('bob', 's.3', 'x'));
  assert.deepEqual(brief(stage.events(1)), [['FAILED', undefined, 'not-kept']]);
  const [welcome] = stage.account(4, 'bob');
  assert.ok(typeof welcome === 'object' && welcome.verb === 'WELCOME');
  assert.deepEqual(welcome.conversations, [
    { in: 'lobby', log: 0, first: 1, last: 0, kept: false },
  ]);
  assert.deepEqual(stage.memory.records().logs, []);
  const lobby = readable(stage.hub, 1 as ConnectionId, { kind: 'lobby' });
  assert.deepEqual(lobby, { ok: false, error: 'not-kept' });
  assert.equal(stage.memory.records().streams[0]?.last, 2);
});

test('what could not be stored is taken back, and can be said again', () => {
  const stage = three();
  stage.line(3, 'BCST first');
  for (const connection of [1, 2, 3]) stage.read(connection);
  stage.disk = false;
  stage.request(1, { ...say('lobby', 's.1', 'a'), label: 'l' });
  stage.request(1, whisper('bob', 's.1', 'x'));
  stage.line(3, 'BCST b');
  const [failed, ...others] = stage.events(1);
  assert.ok(typeof failed === 'object' && failed.verb === 'FAILED');
  assert.deepEqual(
    [failed.code, failed.label, failed.id, failed.request],
    ['store-failed', 'l', 's.1', 'SEND'],
  );
  // The conversation has begun, although it has no messages.
  assert.deepEqual(brief(others), [
    ['JOINED', '@alice+bob', undefined],
    ['FAILED', undefined, 'store-failed'],
  ]);
  assert.deepEqual(stage.read(3), [
    '-SOFT_ERR the server cannot store anything at the moment, try again later',
  ]);
  assert.deepEqual(brief(stage.events(2)), [['JOINED', '@alice+bob', undefined]]);
  stage.run({ type: 'storing', works: false });
  stage.request(1, say('lobby', 's.1', 'a'));
  stage.line(3, 'BCST b');
  stage.line(1, 'CREATE_GROUP /create_group g');
  stage.request(2, { verb: 'GOT', label: undefined, in: '@alice', seq: 1 });
  assert.deepEqual(brief(stage.events(1)), [
    ['FAILED', undefined, 'store-failed'],
    '-SOFT_ERR the server cannot store anything at the moment, try again later',
  ]);
  assert.equal(stage.read(3).length, 1);
  assert.deepEqual(brief(stage.events(2)), [['FAILED', undefined, 'store-failed']]);
  stage.disk = true;
  stage.run({ type: 'storing', works: true });
  stage.request(1, whisper('bob', 's.1', 'x'));
  stage.line(3, 'BCST b');
  // The numbers of dropped messages are not reused.
  assert.deepEqual(brief(stage.events(1)), [
    ['SENT', '@alice+bob', 2],
    ['MSG', 'lobby', 4],
  ]);
});

test('a repeat is not acknowledged while its first may be lost, and never said again', () => {
  const stage = three();
  stage.request(1, say('lobby', 's.1', 'a'));
  stage.read(1);
  stage.disk = false;
  stage.request(1, say('lobby', 's.1', 'a'));
  assert.deepEqual(brief(stage.events(1)), [['FAILED', undefined, 'store-failed']]);
  stage.disk = true;
  stage.request(1, say('lobby', 's.1', 'a'));
  assert.deepEqual(brief(stage.events(1)), [['SENT', 'lobby', 1]]);
});

test('old messages that the store has taken out are no longer named', () => {
  const stage = three();
  for (const id of ['s.1', 's.2', 's.3']) stage.request(1, say('lobby', id, 'x'));
  const lobby = () => readable(stage.hub, 1 as ConnectionId, { kind: 'lobby' });
  stage.run({ type: 'trimmed', trimmed: [{ log: 1 as never, first: 3 }] });
  assert.deepEqual(lobby(), {
    ok: true,
    value: { log: 1, number: 1, name: 'lobby', first: 3, last: 3 },
  });
  stage.run({ type: 'trimmed', trimmed: [{ log: 1 as never, first: 9 }] });
  assert.deepEqual(lobby(), {
    ok: true,
    value: { log: 1, number: 1, name: 'lobby', first: 4, last: 3 },
  });
});

test('[13.3] whoever names a stream at the login hears how far it is; nobody else does, and no stranger', () => {
  const stage = three();
  for (let number = 1; number <= 3; number++) {
    stage.request(1, say('lobby', `mine.${number}`, 'text'));
  }
  const lastNumber = (connection: number, name: string, stream: string | undefined) => {
    const [welcome] = stage.account(connection, name, { stream });
    assert.ok(typeof welcome === 'object' && welcome.verb === 'WELCOME');
    return welcome.lastNumber;
  };
  assert.equal(lastNumber(4, 'alice', 'mine'), 3);
  assert.equal(lastNumber(5, 'alice', 'another'), 0);
  assert.equal(lastNumber(6, 'bob', 'mine'), 0, 'a stream is of one account');
  assert.equal(lastNumber(7, 'alice', undefined), undefined);
});
