// Every command as a person types it, in our spelling and in version 1's, with what they see and others get.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { startChat, type ChatProgram } from '../support/chat-program.ts';
import type { LineClient } from '../support/line-client.ts';
import type { Listener } from '../support/program.ts';
import { atBothSizes, atOneSize, openScene, reads, typedIn } from '../support/screen.ts';
import { keys, type TestTerminal } from '../support/terminal.ts';

async function hears(client: LineClient, line: string): Promise<void> {
  while ((await client.next()) !== line);
}

/** alice without an account, and each time with another key, who is in. */
async function guest(t: TestContext, server: Listener): Promise<ChatProgram> {
  const program = await startChat(t, { server, name: 'alice', args: ['--guest'] });
  program.type('*all');
  await program.shows('stdout', /^\[.*\]$/m);
  return program;
}

/** The result of Tab for typed text, in an empty input. */
async function completes(terminal: TestTerminal, typed: string, becomes: string): Promise<void> {
  terminal.type(keys.ctrlU, typed, keys.tab);
  await terminal.until(() => typedIn(terminal).split('\n').at(-1) === becomes, becomes);
}

atOneSize("version 1's spellings do what they did: *all, @@, /kick, q", async (t, size) => {
  const { terminal, eve } = await openScene(t, { ...size, args: '--guest' });
  terminal.type('*all', keys.enter);
  await reads(terminal, '2 people: ');
  terminal.type('/create_group tea', keys.enter);
  await terminal.shows('#tea, group');
  eve.send('JOIN_GROUP /join tea');
  await hears(eve, '+SUCCESS you have successfully entered group "tea"');
  terminal.type('@@tea two words', keys.enter);
  await hears(eve, 'GROUP_MESSAGE [bob] two words');
  terminal.type('/kick tea eve', keys.enter);
  await hears(eve, '+SUCCESS you have been kicked out of the group tea');
  await reads(terminal, 'eve has been kicked out of group tea');
  // The answer to this comes after everything about that.
  terminal.type('so long', keys.enter);
  await terminal.shows('so long ✓');
  // The server tells an admin twice, as a member and in its answer. A person sees it once.
  const told = terminal.lines().filter((line) => line.includes('eve has been kicked out'));
  assert.equal(told.length, 1);
  // In the group its name may be left out. A person who is not a member cannot be removed.
  terminal.type('/kick eve', keys.enter);
  await terminal.shows('» user eve is not a member of group tea');
  terminal.type(keys.ctrlU, 'q', keys.enter);
  await terminal.shows('ended with 0');
  assert.equal(terminal.isAlternate, false);
});

atOneSize('what is typed in a wrong form is never sent, and its form is told', async (t, size) => {
  const { terminal, eve } = await openScene(t, size);
  for (const [typed, form] of [
    ['/join', '/join group'],
    ['/msg', '/msg user [text]'],
    ['/kick', '/kick [group] user'],
    ['/send_file', '/send_file [@user] path'],
    ['/accept all', '/accept [number]'],
    ['/cancel 0', '/cancel [number]'],
    ['/verify', '/verify [@user] [yes|qr]'],
    ['/export', '/export path'],
    ['/unencrypted eve hello', '/unencrypted @user text'],
    ['@@tea', '@@group text'],
  ] as const) {
    terminal.type(keys.ctrlU, typed, keys.enter);
    await terminal.shows(`It is written: ${form}`);
    assert.equal(typedIn(terminal).split('\n').at(-1), typed);
  }
  terminal.type(keys.ctrlU, '/help', keys.enter);
  await terminal.shows('What you type');
  // An Escape directly before a letter is Alt and that letter.
  terminal.type(keys.escape);
  await terminal.until((lines) => !lines.join('\n').includes('What you type'), 'no help');
  terminal.type('and now', keys.enter);
  await eve.expect('BCST [bob] and now');
});

atOneSize('Tab completes names, groups, commands and files', async (t, size) => {
  const { terminal, eve } = await openScene(t, {
    ...size,
    before: 'echo before; echo hello > "a file.txt"; mkdir folder',
  });
  eve.send('CREATE_GROUP /create_group gardeners');
  await eve.next();
  eve.send('BCST hello');
  await terminal.shows('hello');
  terminal.type('/join gardeners', keys.enter);
  await terminal.shows('#gardeners, group');
  await completes(terminal, 'ev', 'eve:');
  await completes(terminal, 'well, ev', 'well, eve');
  await completes(terminal, '@ev', '@eve');
  await completes(terminal, '/kick ev', '/kick eve');
  await completes(terminal, '/verify @ev', '/verify @eve');
  await completes(terminal, '/leave gar', '/leave gardeners');
  await completes(terminal, 'in #gar', 'in #gardeners');
  await completes(terminal, '/unenc', '/unencrypted');
  await completes(terminal, '/send_file @eve fol', '/send_file @eve folder/');
  await completes(terminal, '/theme li', '/theme light');
  // A blank in the name of a file does not end it.
  terminal.type(keys.ctrlU, '/send_file @eve a', keys.tab);
  await terminal.until(() => /send_file @eve .*a.*file\.txt/.test(typedIn(terminal)), 'the file');
});

atBothSizes(
  'verified is a shape and words; a changed key stops everything until one of two words',
  async (t, size) => {
    const { terminal, server } = await openScene(t, size);
    const first = await guest(t, server.plain);
    first.type('@bob hello');
    await terminal.until((lines) => lines.some((line) => /alice +1/.test(line)), 'one of alice');
    terminal.type(keys.altA);
    await terminal.shows('hello');
    terminal.type('/verify yes', keys.enter);
    await terminal.shows('First compare the number: /verify @alice');
    terminal.type(keys.ctrlU, '/verify', keys.enter);
    await reads(terminal, 'safety number of you and alice.');
    terminal.type('/verify yes', keys.enter);
    await reads(terminal, 'alice is verified: you will be warned');
    await terminal.shows(
      size.columns < 100 ? '◆ verified' : '◆ end-to-end encrypted, key verified',
    );
    await first.eof();

    const second = await guest(t, server.plain);
    second.type('@bob it is me');
    await terminal.shows('KEY CHANGED');
    await reads(terminal, 'it is me');
    assert.match(terminal.lines().join('\n'), /! it is me|new key, not trusted/);
    terminal.type('are you?', keys.enter);
    await reads(terminal, 'KEY OF alice HAS CHANGED');
    assert.doesNotMatch(second.stdout(), /are you/);
    terminal.type('/distrust', keys.enter);
    await terminal.until(
      (lines) => !lines.some((line) => line.includes('are you? …')),
      'what waited is not sent',
    );
    assert.doesNotMatch(second.stdout(), /are you/);
  },
);

atOneSize('/trust takes a changed key, and what waited for it is sent', async (t, size) => {
  const { terminal, server } = await openScene(t, size);
  const first = await guest(t, server.plain);
  terminal.type('/msg alice one', keys.enter);
  await first.prints('[bob] one');
  await first.eof();
  const second = await guest(t, server.plain);
  terminal.type('two', keys.enter);
  await terminal.shows('KEY CHANGED');
  terminal.type('/trust', keys.enter);
  await second.prints('[bob] two');
  await terminal.until(
    (lines) => !lines.slice(-4).some((line) => line.includes('KEY CHANGED')),
    'no warning',
  );
});

atOneSize(
  'what is said to somebody who cannot encrypt stands there, and that it was not sent',
  async (t, size) => {
    const { terminal, eve } = await openScene(t, size);
    eve.send('PM @bob hello there');
    await terminal.until((lines) => lines.some((line) => /eve +1/.test(line)), 'one of eve');
    terminal.type(keys.altA);
    await reads(terminal, '(not encrypted) hello there');
    terminal.type('for your eyes', keys.enter);
    await terminal.shows('for your eyes …');
    const [, timestamp] = /^REQUEST_PUBLIC_KEY @bob (\d+)$/.exec(await eve.next()) ?? [];
    eve.send(`PUBLIC_KEY @bob what-is-this ${timestamp}`);
    await terminal.shows('for your eyes ✗ not delivered');
    await reads(terminal, '/unencrypted @eve text');
  },
);

atOneSize('/unencrypted says it in the clear, and shows that it was', async (t, size) => {
  const { terminal, eve } = await openScene(t, size);
  terminal.type('/unencrypted @eve for all to read', keys.enter);
  await hears(eve, 'PM bob for all to read');
  terminal.type('/msg eve', keys.enter);
  await reads(terminal, '(not encrypted) for all to read');
  eve.send('PM @bob and back');
  await reads(terminal, '(not encrypted) and back');
});
