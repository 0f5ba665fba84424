// A group that is handed over and ended by its admin, by the real client over real sockets, with a guest of version 1
// among the members.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startChat } from '../support/chat-program.ts';
import { connectLines } from '../support/line-client.ts';
import { startServerProgram } from '../support/program.ts';

test('[14.13, 14.14] /admin and /end_group, names in any letter case, and what version 1 hears of it', async (t) => {
  const { plain } = await startServerProgram(t, { args: ['--ping-interval', '0'] });
  const eve = await connectLines(t, plain);
  await eve.next();
  eve.send('HELO eve');
  await eve.expect('+OK HELO eve');
  const alice = await startChat(t, { server: plain, name: 'alice' });
  alice.type('/create_group Lunch --open');
  await alice.prints('group "Lunch" has been created!');
  eve.send('JOIN_GROUP /join Lunch');
  await eve.expect('+SUCCESS you have successfully entered group "Lunch"');
  const bob = await startChat(t, { server: plain, name: 'Bob' });
  bob.type('/join Lunch');
  await bob.prints('you have successfully entered group "Lunch"');
  // All that alice knows of him is that he has joined.
  await alice.tells(/^helo: Bob has come into group Lunch$/m);
  alice.type('/admin lunch BOB');
  await alice.tells(/^helo: Bob is the admin of group Lunch now$/m);
  await bob.prints('you are now the admin of group "Lunch"');
  alice.type('/end_group Lunch');
  await alice.tells(/only the admin of that group can do this/);
  assert.equal(alice.stderr().match(/Bob is the admin of group Lunch now/g)?.length, 1, 'once');

  // To a guest of version 1, who gets the same message as any new admin in version 1.
  bob.type('/admin Lunch eve');
  await eve.expect('+SUCCESS you are now the admin of group "Lunch"');
  eve.send('GROUP_MESSAGE @@Lunch mine now');
  await eve.expect('GROUP_MESSAGE [eve] mine now');
  await bob.prints('[eve] mine now');
  eve.send('KICK /kick Lunch alice');
  await eve.expect('GROUP_MESSAGE user alice has been kicked out of group Lunch');
  await eve.expect('+SUCCESS user alice has been kicked out of group Lunch');
  assert.match(bob.stderr(), /^helo: eve is the admin of group Lunch now$/m);

  bob.type('/create_group tea --open');
  await bob.prints('group "tea" has been created!');
  eve.send('JOIN_GROUP /join tea');
  await eve.expect('+SUCCESS you have successfully entered group "tea"');
  alice.type('/join tea');
  await alice.prints('you have successfully entered group "tea"');
  bob.type('/end_group TEA');
  await eve.expect('+SUCCESS group "tea" has been ended by its admin');
  await alice.prints('group "tea" has been ended by its admin');
  await bob.tells(/^helo: group tea has ended$/m);
  assert.doesNotMatch(bob.stdout(), /has been ended/);
  eve.send('GROUP_MESSAGE @@tea anybody?');
  await eve.expect('-SOFT_ERR no such group!');
  eve.send('CREATE_GROUP /create_group tea');
  await eve.expect('+SUCCESS group "tea" has been created!');
  assert.doesNotMatch(alice.stdout(), /anybody|no such group/);
});
