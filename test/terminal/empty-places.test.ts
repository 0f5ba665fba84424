// Empty places say what to do there.
import { startChat } from '../support/chat-program.ts';
import { startServerProgram } from '../support/program.ts';
import { atBothSizes, showPeople } from '../support/screen.ts';
import { keys, openTerminal } from '../support/terminal.ts';

atBothSizes('every empty place has something to do', async (t, size) => {
  const { plain } = await startServerProgram(t);
  const chat = `helo chat --server ${plain.host}:${plain.port} --name bob`;
  const terminal = await openTerminal(t, chat, size);
  await terminal.shows('● connected');
  // The lobby with nobody else in it, and the text for newcomers below it.
  await terminal.shows('/msg NAME      write to one person');
  await terminal.shows('/join GROUP    enter a group');
  await terminal.shows('this device has a key of its own now');
  showPeople(terminal, size);
  await terminal.shows('nobody else');
  const closed = async (title: string): Promise<void> => {
    terminal.type(keys.escape);
    await terminal.until((lines) => !lines.join('\n').includes(title), `an end of ${title}`);
  };
  terminal.type('/files', keys.enter);
  await terminal.shows('/send_file @user path sends one');
  await closed('/send_file @user path sends one');
  terminal.type('/search gardeners', keys.enter);
  await terminal.shows('Nothing was found. A word is found by its beginning');
  await closed('Nothing was found');
  terminal.type(keys.ctrlG, 'zzz');
  await terminal.shows('nobody and nothing of that name; /join NAME');
  await closed('nobody and nothing');
  terminal.type('/create_group lunch --open', keys.enter);
  await terminal.shows('# lunch');
  terminal.type(keys.ctrlG, 'lunch', keys.enter);
  await terminal.shows('The members of lunch read what you write here.');
  await terminal.shows('/join lunch    is what others type');
  // The admin cannot leave the group.
  const eve = await startChat(t, { server: plain, name: 'eve' });
  eve.type('/create_group tea --open');
  await eve.prints('group "tea" has been created!');
  terminal.type('/join tea', keys.enter);
  await terminal.shows('# tea');
  terminal.type(keys.ctrlG, 'tea', keys.enter);
  await terminal.shows('The members of tea read what you write here.');
  terminal.type('/leave', keys.enter);
  await terminal.shows('/join tea    enters it again');
  terminal.type('/msg alice', keys.enter);
  await terminal.shows('What you write here is for alice alone');
  // Messages take the place of all that.
  terminal.type(keys.ctrlG, 'lobby', keys.enter);
  await terminal.shows('This is the lobby');
  terminal.type('hello', keys.enter);
  await terminal.shows('hello ✓');
  await terminal.until((lines) => !lines.join('\n').includes('This is the lobby'), 'the message');
});
