// What a program says of its person's quiet, links it makes and follows, and the export it gets.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../src/library/connect.ts';
import { startServerProgram } from '../support/program.ts';
import { comes } from '../support/sealed-chats.ts';
import { temporaryFolder } from '../support/temporary.ts';

test('whom a program ignores, its rules and its hours are kept, and change nothing of what it gets', async (t) => {
  const { plain: at } = await startServerProgram(t);
  const alice = await comes(t, at, 'alice');
  const bob = await comes(t, at, 'bob');
  const { chat } = alice;
  assert.equal(await chat.ignore('bob'), 'kept');
  await chat.notify('lobby', 'all');
  const until = Date.now() + 3_600_000;
  await chat.doNotDisturb({ until, daily: ['22:00', '08:00'] });
  await bob.says('lobby', 'are you there?');
  await alice.hears('lobby bob: are you there?');
  await chat.close();

  const { chat: again } = await comes(t, at, 'alice', alice.data);
  assert.deepEqual(again.ignored(), ['bob']);
  assert.equal(again.notifyRule('lobby'), 'all');
  const { until: now, daily } = again.disturbance();
  assert.ok(now >= until);
  assert.deepEqual(daily, ['22:00', '08:00']);
  await again.unignore('bob');
  await again.notify('lobby', 'default');
  await again.doNotDisturb({ until: 0 });
  assert.deepEqual(again.disturbance().daily, ['22:00', '08:00']);
  await again.doNotDisturb({ daily: null });
  assert.deepEqual([again.ignored(), again.notifyRule('lobby')], [[], undefined]);
  assert.deepEqual(again.disturbance(), { until: 0, daily: null });

  await assert.rejects(again.ignore('not a name'), { code: 'not-a-username' });
  await assert.rejects(again.ignore('Alice'), { code: 'to-yourself' });
  await assert.rejects(again.notify('lobby', 'loud' as never), { code: 'usage' });
  for (const time of [{ until: -1 }, { daily: ['8', '9'] }, { daily: ['08:00', '08:00'] }, 7])
    await assert.rejects(again.doNotDisturb(time as never), { code: 'usage' });
});

test('a program links to a message, follows a link, and exports what it has', async (t) => {
  const { plain: at } = await startServerProgram(t);
  const alice = await comes(t, at, 'alice');
  const bob = await comes(t, at, 'bob');
  await bob.says('@alice', 'the plan');
  await alice.hears('@bob bob: the plan');
  const [past] = await alice.chat.history('@bob');
  const link = await alice.chat.permalink('@bob', past?.seq ?? 0);
  assert.match(link, /^helo:/);
  const found = await alice.chat.follow(link);
  assert.deepEqual([found.place, found.from, found.text], ['@bob', 'bob', 'the plan']);
  // The other one of the conversation has the same link.
  assert.equal((await bob.chat.follow(link)).place, '@alice');
  const carol = await comes(t, at, 'carol');
  await assert.rejects(carol.chat.follow(link), { code: 'not-here' });
  await assert.rejects(alice.chat.follow('helo:nothing'), { code: 'usage' });
  await assert.rejects(alice.chat.permalink('@bob', 99), { code: 'not-here' });

  const lines = [];
  for await (const piece of alice.chat.export({ place: '@bob' })) lines.push(piece);
  assert.match(lines.join(''), /"text":"the plan"/);
  const texts = [];
  for await (const piece of alice.chat.export({ format: 'text' })) texts.push(piece);
  assert.match(texts.join(''), /bob.*the plan/);
  assert.throws(() => alice.chat.export({ place: '#none' }), { code: 'not-here' });
  assert.throws(() => alice.chat.export({ format: 'xml' as never }), { code: 'usage' });

  const guest = await connect({
    server: `${at.host}:${at.port}`,
    name: 'passer_by',
    data: await temporaryFolder(t),
    guest: true,
  });
  t.after(() => guest.close());
  await assert.rejects(guest.permalink('lobby', 1), { code: 'not-here' });
  await assert.rejects(guest.follow(link), { code: 'no-account' });
  await assert.rejects(guest.notify('lobby', 'all'), { code: 'no-account' });
  assert.throws(() => guest.export(), { code: 'no-account' });
  assert.equal(await guest.ignore('bob'), 'for-now');
});
