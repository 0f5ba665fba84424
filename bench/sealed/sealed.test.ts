// The parts of the scenarios of sealed groups, small: they measure, and their groups are as they say.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startServerProgram } from '../../test/support/program.ts';
import { Talk } from '../load/talk.ts';
import { logIn } from '../load/helo-login.ts';
import { measureMembership } from './membership.ts';
import { gather, undone } from './party.ts';
import { gatherAt } from './recorded-party.ts';
import { measureTexts } from './texts.ts';

test('entering, kicking and texts are measured in a group of the size that was asked for', async () => {
  const party = await gather(4);
  assert.equal((await party.people.at(-1)?.engine.view('#lunch' as never))?.members.length, 4);
  const texts = await measureTexts(party, 1, 3);
  assert.ok(texts.sealedPerCpuSecond > 0 && texts.receiveMs > 0);
  assert.ok(texts.receiveBytes > 50 && texts.receiveBytes <= 200);
  const cost = await measureMembership(party, 1, 2);
  assert.ok(cost.enterMs > 0 && cost.enterLaterMs > 0 && cost.kickMs > 0);
  assert.ok(cost.enterBytes > 5_000);
});

test('what was done meanwhile is undone', async () => {
  const { server, people } = await gather(2);
  const [founder, other] = people;
  assert.ok(founder && other);
  const before = JSON.stringify(server.material());
  await undone(server, async () => {
    founder.cursor = 1;
    await founder.settle();
    assert.ok(await founder.kick(other));
  });
  assert.equal(JSON.stringify(server.material()), before);
});

test('a group on a real server takes what its members have sealed', async (t) => {
  const { plain } = await startServerProgram(t);
  const { talks, sealed } = await gatherAt(plain.port, 2);
  const [first, second] = talks;
  assert.ok(first && second);
  t.after(() => talks.forEach(({ client }) => client.destroy()));
  const said = { in: '#lunch', id: 's.1', sealed: sealed.sealed, seen: sealed.seen, on: sealed.on };
  await second.ask('SEND', said);
  await first.until(/^MSG .*"sealed":.*\n/m);
  const outside = new Talk(plain.port);
  t.after(() => outside.client.destroy());
  await logIn(outside, 'outside');
  await assert.rejects(outside.ask('SEND', said), /SEND: FAILED/);
});
