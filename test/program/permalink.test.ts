// Links to messages, and going to a day, in lines: what one person links another one finds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterChat } from '../support/chat-program.ts';
import { startServerProgram } from '../support/program.ts';

test('a link of one person leads another one to the message, and a third one nowhere', async (t) => {
  const { plain: server } = await startServerProgram(t);
  const alice = await enterChat(t, { server, name: 'alice' });
  const bob = await enterChat(t, { server, name: 'bob' });
  const carol = await enterChat(t, { server, name: 'carol' });
  alice.type('@bob the first secret');
  await bob.prints('[alice] the first secret');
  // Only what is stored has a number.
  alice.type('/permalink');
  const pattern = /^(helo:\S+) \S+Z @bob \[alice\] the first secret$/m;
  const [, link = ''] = await alice.shows('stdout', pattern);
  assert.doesNotMatch(link, /alice|bob/);
  bob.type('@alice the second one');
  await alice.prints('[bob] the second one');

  bob.type(`/goto ${link}`);
  await bob.shows(
    'stdout',
    /^> \S+Z @alice \[alice\] the first secret\n\S+Z .*\[bob\] the second one$/m,
  );
  carol.type(`/goto ${link}`);
  await carol.tells(/That message is not here/);
  carol.type(`/goto ${link.replace(/:.{8}/, ':AAAAAAAA')}`);
  await carol.tells(/That link is to a message at another server/);
  carol.type('/goto helo:what');
  await carol.tells(/That is no whole link/);
  carol.type('/goto soon');
  await carol.tells(/That is no link and no time/);

  for (const [sayer, name, hearer] of [
    [alice, 'alice', bob],
    [bob, 'bob', alice],
  ] as const) {
    sayer.type(`${name} to all`);
    await hearer.prints(`[${name}] ${name} to all`);
    for (const who of [sayer, hearer]) {
      who.type('/permalink');
      const lobby = new RegExp(String.raw`^(helo:\S+) \S+Z \[${name}\] ${name} to all$`, 'm');
      const [, toAll = ''] = await who.shows('stdout', lobby);
      const other = who === sayer ? hearer : sayer;
      other.type(`/goto ${toAll}`);
      await other.shows('stdout', new RegExp(String.raw`^> \S+Z \[${name}\] ${name} to all$`, 'm'));
    }
  }
  carol.type('/goto lobby 1h');
  await carol.shows('stdout', /^> \S+Z \[alice\] alice to all\n\S+Z \[bob\] bob to all$/m);
});
