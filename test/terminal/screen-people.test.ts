// People at the screen: presence as it changes, members of a group, entering one, and what is known of devices.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { safetyContent } from '../../src/client/scanned-code.ts';
import { startChat, type ChatProgram } from '../support/chat-program.ts';
import type { LineClient } from '../support/line-client.ts';
import type { Listener } from '../support/program.ts';
import { readBlocks } from '../support/qr-blocks.ts';
import {
  atBothSizes,
  atOneSize,
  messagesOf,
  openScene,
  reads,
  showPeople,
} from '../support/screen.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { keys, openTerminal, type TestTerminal } from '../support/terminal.ts';

/** A person with an account, in a program of their own, after the login. */
async function account(
  t: TestContext,
  { server, name, home }: { server: Listener; name: string; home?: string },
): Promise<ChatProgram> {
  const env = { XDG_DATA_HOME: home ?? (await temporaryFolder(t)) };
  const program = await startChat(t, { server, name, env });
  program.type('*all');
  await program.shows('stdout', /^\[.*\]$/m);
  return program;
}

/** Waits until a reply begins like this, at netcat. */
async function hears(client: LineClient, beginning: string): Promise<void> {
  while (!(await client.next()).startsWith(beginning));
}

const remark = (terminal: TestTerminal): string =>
  terminal.lines().findLast((line) => line.startsWith('»')) ?? '';

atOneSize(
  '/create_group and /join open the group once the server has said yes',
  async (t, size) => {
    const { terminal, eve } = await openScene(t, size);
    terminal.type('/join tea', keys.enter);
    await terminal.shows('There is no group tea');
    assert.match(remark(terminal), /\/create_group tea makes it/);
    assert.match(terminal.lines()[0] ?? '', /Lobby/, 'a refused one opens nothing');
    terminal.type(keys.ctrlC, '/create_group tea --open', keys.enter);
    await terminal.shows('#tea, group');
    await terminal.shows('group "tea" has been created!');
    eve.send('CREATE_GROUP /create_group coffee');
    await hears(eve, '+SUCCESS');
    terminal.type('/create_group coffee', keys.enter);
    await terminal.shows('/join coffee enters it');
    terminal.type(keys.ctrlC, '/join coffee', keys.enter);
    await terminal.shows('#coffee, group');
    // A group that one is in already is opened as well.
    terminal.type('/join tea', keys.enter);
    await terminal.shows('#tea, group');
  },
);

atBothSizes(
  'who is in a group is known before they speak: the owner, and who is away',
  async (t, size) => {
    const { terminal, server, eve } = await openScene(t, size);
    const alice = await account(t, { server: server.plain, name: 'alice' });
    alice.type('/create_group tea --open');
    await alice.prints('group "tea" has been created!');
    eve.send('JOIN_GROUP /join tea');
    await hears(eve, '+SUCCESS');
    terminal.type('/set people shown', keys.enter);
    terminal.type('/join tea', keys.enter);
    await terminal.shows('#tea, group');
    await terminal.shows('● alice owner');
    await terminal.shows('● eve');
    terminal.type('/names', keys.enter);
    await terminal.shows('3 people: alice (owner), bob (you)');
    await alice.eof();
    await terminal.shows('○ alice owner');
    terminal.type('/names', keys.enter);
    await terminal.until(
      (lines) =>
        /alice \(owner,\s+(│\s+)*away\)/.test(
          lines.map((line) => line.replace(/│[^│]*$/, '')).join(''),
        ),
      'alice is away',
    );
    // A guest who leaves is not in the group any more.
    eve.send('QUIT q');
    await terminal.until((lines) => !lines.some((line) => line.includes('● eve')), 'eve is gone');
  },
);

atOneSize('who comes and goes is seen at once, not when somebody asks', async (t, size) => {
  const { terminal, server } = await openScene(t, size);
  showPeople(terminal, size);
  const home = await temporaryFolder(t);
  const alice = await account(t, { server: server.plain, name: 'alice', home });
  await terminal.shows('● alice');
  await alice.eof();
  await terminal.shows('○ alice');
  await account(t, { server: server.plain, name: 'alice', home });
  await terminal.shows('● alice');
});

atOneSize(
  'a name can be completed before anything came from its owner, away or here',
  async (t, size) => {
    const { terminal, server } = await openScene(t, size);
    showPeople(terminal, size);
    const alexa = await account(t, { server: server.plain, name: 'alexa' });
    await terminal.shows('● alexa');
    await alexa.eof();
    await terminal.shows('○ alexa');
    terminal.type('/msg ale', keys.tab);
    await terminal.shows('> /msg alexa');
  },
);

atOneSize(
  'being put out, and a new admin, are told in the conversation of the group',
  async (t, size) => {
    const { terminal, server, eve } = await openScene(t, size);
    const alice = await account(t, { server: server.plain, name: 'alice' });
    for (const group of ['tea', 'coffee']) {
      eve.send(`CREATE_GROUP /create_group ${group}`);
      await hears(eve, '+SUCCESS');
      alice.type(`/join ${group}`);
      await alice.prints(`you have successfully entered group "${group}"`);
      terminal.type(`/join ${group}`, keys.enter);
      await terminal.shows(`#${group}, group`);
    }
    eve.send('KICK /kick tea bob');
    await hears(eve, '+SUCCESS');
    eve.send('KICK /kick coffee alice');
    await hears(eve, '+SUCCESS');
    await terminal.shows('user alice has been kicked out of group coffee');
    assert.ok(!terminal.lines().some((line) => line.includes('you have been kicked out')));
    eve.send('QUIT q');
    await terminal.shows('you are now the admin of group "coffee"');
    terminal.type('/join tea', keys.enter);
    await terminal.shows('You were put out of tea, and cannot come back.');
    terminal.type(keys.ctrlC, keys.ctrlN);
    await terminal.until(
      (lines) => lines.some((line) => line.includes('you have been kicked out of the group tea')),
      'it stands in the group',
    );
  },
);

atOneSize('another one who becomes the admin is told of, and shown', async (t, size) => {
  const { terminal, server, eve } = await openScene(t, size);
  showPeople(terminal, size);
  eve.send('CREATE_GROUP /create_group tea');
  await hears(eve, '+SUCCESS');
  const alice = await account(t, { server: server.plain, name: 'alice' });
  alice.type('/join tea');
  await alice.prints('you have successfully entered group "tea"');
  terminal.type('/join tea', keys.enter);
  await terminal.shows('● eve owner');
  eve.send('QUIT q');
  await terminal.shows('alice is the admin of group tea now');
  await terminal.shows('● alice owner');
});

atOneSize(
  '/devices tells of this device, of its server, and of somebody by what is known here',
  async (t, size) => {
    const home = await temporaryFolder(t);
    const { terminal, server } = await openScene(t, { ...size, env: { XDG_DATA_HOME: home } });
    terminal.type('/devices', keys.enter);
    await reads(terminal, 'this device, as bob: key ');
    await reads(terminal, `kept in ${home}/helo/client/devices/user-bob.key`);
    await reads(terminal, 'the only device of the account');
    await reads(terminal, 'no other program is in with it now');
    await reads(terminal, 'the server, as remembered: identity ');
    terminal.type('/devices @alice', keys.enter);
    await reads(terminal, 'no key of alice is known here');
    const alice = await account(t, { server: server.plain, name: 'alice' });
    terminal.type('@alice hello', keys.enter);
    await alice.prints('[bob] hello');
    terminal.type('/devices @alice', keys.enter);
    await reads(terminal, 'the device of alice: key ');
    await reads(terminal, 'not compared: /verify @alice shows the number to compare');
    terminal.type('/verify @alice', keys.enter);
    await reads(terminal, '/verify @alice yes');
    // Each row of it has its time.
    const number = messagesOf(terminal).replaceAll(/\d\d:\d\d = /g, '');
    const digits = /(?:\d{5} ){11}\d{5}/.exec(number)?.[0] ?? '';
    terminal.type('/verify @alice qr', keys.enter);
    await terminal.shows('The safety number of you and alice');
    const picture = terminal.lines().filter((line) => /[\u2580\u2584\u2588]/.test(line));
    assert.equal(readBlocks(picture), safetyContent(digits));
    terminal.type(keys.escape);
    await reads(terminal, '/verify @alice yes');
    terminal.type('/verify @alice yes', keys.enter);
    await reads(terminal, 'alice is verified');
    terminal.type('/devices alice', keys.enter);
    await reads(terminal, 'compared by you on ');
  },
);

atBothSizes('how a key is known stands there before the first text of a run', async (t, size) => {
  const env = { XDG_DATA_HOME: await temporaryFolder(t) };
  const { terminal, server } = await openScene(t, { ...size, env });
  for (const name of ['alice', 'carol']) {
    const person = await account(t, { server: server.plain, name });
    terminal.type(`@${name} hello`, keys.enter);
    await person.prints('[bob] hello');
  }
  terminal.type('/verify @alice', keys.enter);
  await reads(terminal, '/verify @alice yes');
  terminal.type('/verify @alice yes', keys.enter);
  await reads(terminal, 'alice is verified');
  terminal.type('/quit', keys.enter);
  await terminal.shows('ended with 0');
  const { host, port } = server.plain;
  const chat = `helo chat --server ${host}:${port} --name bob`;
  const again = await openTerminal(t, chat, { ...size, env });
  await again.shows('● connected');
  const isLarge = size.columns >= 90;
  const expected = {
    alice: isLarge ? '◆ end-to-end encrypted, key verified' : '◆ verified',
    carol: isLarge ? '◇ end-to-end encrypted, key not verified' : '◇ encrypted',
    dave: isLarge ? '◇ will be end-to-end encrypted, key unknown' : '◇ key unknown',
  };
  for (const [name, words] of Object.entries(expected)) {
    again.type(`/msg ${name}`, keys.enter);
    await again.until((lines) => lines[0]?.includes(name) === true, `the place of ${name}`);
    await again.shows(words);
  }
});

test('lines tell the same: /devices, and /names of a group', async (t) => {
  const { server, terminal } = await openScene(t);
  const home = await temporaryFolder(t);
  const alice = await account(t, { server: server.plain, name: 'alice', home });
  const second = await account(t, { server: server.plain, name: 'alice', home });
  alice.type('/devices');
  await alice.tells(/this device, as alice: key [\w-]{43}\n/);
  await alice.tells(/one other program of yours is in with it now/);
  alice.type('/devices @bob');
  await alice.tells(/no key of bob is known here/);
  second.type('/names tea');
  await second.tells(/there is no such conversation/);
  second.type('/create_group tea');
  await second.tells(/another program has the keys of your account now/);
  second.type('/create_group tea --open');
  await second.prints('group "tea" has been created!');
  terminal.type('/join tea', keys.enter);
  await second.tells(/bob has come into group tea/);
  second.type('/names #tea');
  await second.tells(/group tea, 2 people: alice \(you, owner\), bob/);
});
