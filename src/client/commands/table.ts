// The table of commands: form, help, and action. One table for lines and the full screen, including version 1's
// spellings. The part of a form in braces may be left out on the screen, where the conversation implies it.

import { err } from '../../lib/result.ts';
import { nearest } from '../../lib/suggest.ts';
import { revokeReasons } from '../../wire/statements/chain-link.ts';
import { lobbyGroup } from '../../wire/extended/names.ts';
import { splitWord } from '../../wire/text.ts';
import type { BackupWish, CommandActions, CommandOutcome } from './actions.ts';
import { parseSilence } from '../wording/mute-words.ts';
import { governTable } from './govern-commands.ts';
import { quietCommands } from './quiet-commands.ts';
import { expiringTable } from './expiring-commands.ts';
import { archiveCommands } from './archive-commands.ts';
import { gotoCommands } from './goto-commands.ts';
import { pinTable } from './pin-commands.ts';
import { reactionOf } from './reactions.ts';
import { signalTable } from './signal-commands.ts';
import { conversationIn, wordsOf, type TypedCommand } from './typed-command.ts';
import { verify } from './verify.ts';

/** `@name` or `name`, or the person of this conversation if none is named. */
function personIn(word: string | undefined, { here, person }: CommandActions): string | undefined {
  if (word !== undefined) return person(word.replace(/^@/, ''));
  return here.kind === 'person' ? here.name : undefined;
}

/** `#group` or `group`, or the group of this conversation if none is named. */
function groupIn(word: string | undefined, { here, group }: CommandActions): string | undefined {
  if (word !== undefined) return group(word.replace(/^#/, ''));
  return here.kind === 'group' ? here.name : undefined;
}

function aboutPerson(
  act: (name: string, actions: CommandActions) => CommandOutcome | Promise<CommandOutcome>,
): TypedCommand['run'] {
  return (rest, actions) => {
    const [word, ...more] = wordsOf(rest);
    const name = personIn(word, actions);
    return name === undefined || more.length > 0 ? 'malformed' : act(name, actions);
  };
}

function aboutGroup(
  act: (group: string, actions: CommandActions) => Promise<CommandOutcome>,
): TypedCommand['run'] {
  return (rest, actions) => {
    const [word, ...more] = wordsOf(rest);
    const group = groupIn(word, actions);
    return group === undefined || more.length > 0 ? 'malformed' : act(group, actions);
  };
}

async function revokeDevice(
  [number = '', word]: readonly string[],
  actions: CommandActions,
): Promise<CommandOutcome> {
  const why = revokeReasons.find((reason) => reason === word);
  if (why === undefined || !/^[1-9]\d?$/.test(number)) return 'malformed';
  const done = await actions.revokeDevice(Number(number), why);
  if (!done.ok) return done;
  actions.notify('reply', done.value);
  return undefined;
}

function aboutTransfer(act: 'accept' | 'decline' | 'cancel'): TypedCommand['run'] {
  return (rest, actions) => {
    const [word, ...more] = wordsOf(rest);
    if (more.length > 0 || (word !== undefined && !/^[1-9]\d{0,8}$/.test(word))) return 'malformed';
    return actions.chooseFile(act, word === undefined ? undefined : Number(word));
  };
}

/**
 * `@name path`, `#group path`, `@@group path` or `lobby path`; `path` alone goes to the person or the group of this
 * conversation. To all of the lobby nothing goes that is not meant for it by name.
 */
const sendFile: TypedCommand['run'] = (rest, actions) => {
  const [first, behind] = splitWord(rest.trim());
  const group = /^(?:#|@@)(.+)/.exec(first)?.[1];
  const isLobby = first === 'lobby' && behind.trim() !== '';
  const isNamed = first.startsWith('@') || group !== undefined || isLobby;
  const path = actions.path((isNamed ? behind : rest).trim());
  if (path === '') return 'malformed';
  if (isLobby) return actions.sendFileToGroup(lobbyGroup, path);
  const toGroup = group !== undefined || (!isNamed && actions.here.kind === 'group');
  const name = toGroup ? groupIn(group, actions) : personIn(isNamed ? first : undefined, actions);
  if (name === undefined) return 'malformed';
  return toGroup ? actions.sendFileToGroup(name, path) : actions.sendFile(name, path);
};

/** A path has a dot or a slash in it: a slip of `off` makes no file. */
function backupWish(typed: string, actions: CommandActions): BackupWish | 'malformed' {
  if (typed === '') return undefined;
  if (typed === 'on' || typed === 'off' || typed === 'now') return typed;
  const path = actions.path(typed);
  return /[./\\]/.test(path) ? { path } : 'malformed';
}

const mute: TypedCommand['run'] = (rest, actions) => {
  const words = wordsOf(rest);
  const time = parseSilence(words.at(-1) ?? '');
  if (time !== undefined) words.pop();
  const id = conversationIn(words[0], actions);
  return id === undefined || words.length > 1 ? 'malformed' : actions.mute(id, time ?? Infinity);
};

const unmute: TypedCommand['run'] = (rest, actions) => {
  const [word, ...more] = wordsOf(rest);
  const id = conversationIn(word, actions);
  return id === undefined || more.length > 0 ? 'malformed' : actions.mute(id, 0);
};

const groupFlags: ReadonlySet<string> = new Set(['--sealed', '--open', '--private']);

function createGroup(
  rest: string,
  actions: CommandActions,
): CommandOutcome | Promise<CommandOutcome> {
  const words = wordsOf(rest);
  const [group, ...more] = words.filter((word) => !groupFlags.has(word));
  const flags = new Set(words.filter((word) => groupFlags.has(word)));
  const [isSealed, isOpen] = [flags.has('--sealed'), flags.has('--open')];
  if (group === undefined || more.length > 0 || (isSealed && isOpen)) return 'malformed';
  return actions.createGroup(group.replace(/^#/, ''), {
    asked: isSealed ? 'sealed' : isOpen ? 'open' : undefined,
    mode: flags.has('--private') ? 'invite' : 'open',
  });
}

/** Every command by its verb. */
export const commands: Readonly<Record<string, TypedCommand>> = {
  '/help': {
    form: '/help [command]',
    help: 'what can be typed; of a command, how it is written',
    run: (rest, actions) => help(rest, actions),
  },
  '/msg': {
    form: '/msg user [text]',
    help: 'say it to one person, end-to-end encrypted; without a text, open the conversation',
    run: (rest, actions) => {
      const [word, text] = splitWord(rest.trim());
      return word === ''
        ? 'malformed'
        : actions.sayTo(actions.person(word.replace(/^@/, '')), text);
    },
  },
  '/join': {
    form: '/join group',
    help: 'enter a group, and open it',
    run: aboutGroup((group, { joinGroup }) => joinGroup(group)),
  },
  '/create_group': {
    form: '/create_group group [--open] [--private]',
    help: 'make a group, and be its admin: sealed, so that only its members can read it; with --open for guests too, and the server can read it; a private one is entered by invitation',
    run: createGroup,
  },
  '/seal': {
    form: '/seal {group}',
    help: 'seal your open group: only its members can read it from then on; there is no way back',
    run: aboutGroup((group, { seal }) => seal(group)),
  },
  '/invite': {
    form: '/invite @user {group}',
    help: 'let somebody into your private group',
    run: (rest, actions) => {
      const [name, word, ...more] = wordsOf(rest);
      const group = groupIn(word, actions);
      if (name === undefined || group === undefined || more.length > 0) return 'malformed';
      return actions.invite(group, actions.person(name.replace(/^@/, '')));
    },
  },
  '/leave': {
    form: '/leave {group}',
    help: 'leave a group',
    run: aboutGroup((group, { leaveGroup }) => leaveGroup(group)),
  },
  '/kick': {
    form: '/kick {group} user',
    help: 'put somebody out of your group',
    run: (rest, actions) => {
      const words = wordsOf(rest);
      const name = words.pop()?.replace(/^@/, '');
      const group = groupIn(words.pop(), actions);
      if (name === undefined || group === undefined || words.length > 0) return 'malformed';
      return actions.kick(group, actions.person(name));
    },
  },
  '/admin': {
    form: '/admin {group} user',
    help: 'make somebody the admin of your group in your place',
    run: (rest, actions) => {
      const words = wordsOf(rest);
      const name = words.pop()?.replace(/^@/, '');
      const group = groupIn(words.pop(), actions);
      if (name === undefined || group === undefined || words.length > 0) return 'malformed';
      return actions.handOver(group, actions.person(name));
    },
  },
  '/end_group': {
    form: '/end_group group',
    help: 'end your group: everybody is out, and the server forgets it',
    run: (rest, actions) => {
      const [word, ...more] = wordsOf(rest);
      const group = word === undefined ? undefined : groupIn(word, actions);
      return group === undefined || more.length > 0
        ? 'malformed'
        : actions.handOver(group, undefined);
    },
  },
  ...governTable,
  '/names': {
    form: '/names [group]',
    help: 'who is here, or in a group; *all too',
    run: (rest, actions) => {
      const [word, ...more] = wordsOf(rest);
      return more.length > 0 ? 'malformed' : actions.names(groupIn(word, actions));
    },
  },
  '/devices': {
    form: '/devices [@user]',
    help: 'your devices, or what is known of those of somebody; revoke N lost|retired|stolen',
    run: async (rest, actions) => {
      const [word, ...more] = wordsOf(rest);
      if (word === 'revoke' && more.length === 2) return revokeDevice(more, actions);
      if (more.length > 0) return 'malformed';
      const told = await actions.devices(word && actions.person(word.replace(/^@/, '')));
      if (!told.ok) return told;
      for (const line of told.value) actions.notify('reply', line);
      return undefined;
    },
  },
  '/directory': {
    form: '/directory [accept]',
    help: 'whether the server shows everybody the same devices; accept after an alarm',
    run: async (rest, actions) => {
      const word = rest.trim();
      if (word !== '' && word !== 'accept') return 'malformed';
      const told = await actions.directory(word === 'accept');
      if (!told.ok) return told;
      for (const line of told.value) actions.notify('reply', line);
      return undefined;
    },
  },
  '/link': {
    form: '/link code',
    help: 'take a new device into your account: the code that helo link shows there, then its digits (and history to give it what was said)',
    run: (rest, { link }) => (rest.trim() === '' ? 'malformed' : link(rest.trim())),
  },
  '/history': {
    form: '/history give|keep',
    help: 'give what was said on this device to your new one, or do not',
    run: (rest, { giveHistory }) => {
      const answer = rest.trim();
      return answer === 'give' || answer === 'keep' ? giveHistory(answer) : 'malformed';
    },
  },
  '/recovery': {
    form: '/recovery [new]',
    help: 'make twelve words with which helo recover makes any device yours: to be written down; with new others in their place, for whoever has them',
    // Among what was said, where nothing cuts it: a narrow screen must not hide the last words.
    run: async (rest, actions) => {
      if (rest.trim() === 'new') return actions.otherRecovery();
      if (rest.trim() !== '') return 'malformed';
      const made = await actions.recovery();
      if (!made.ok || made.value === undefined) return made;
      actions.notify('reply', made.value);
      return undefined;
    },
  },
  '/backup': {
    form: '/backup [on, off, now, path]',
    help: 'keep your history at the server or in a file, encrypted for your recovery words; tells how it stands',
    run: async (rest, actions) => {
      const wish = backupWish(rest.trim(), actions);
      if (wish === 'malformed') return wish;
      const told = await actions.backup(wish);
      if (!told.ok || told.value === undefined) return told;
      actions.notify('reply', told.value);
      return undefined;
    },
  },
  '/mute': {
    form: '/mute {conversation} [1h, 8h, 1d, forever]',
    help: 'hear nothing of a conversation but what names you, on all your devices: lobby, #group or @user',
    run: mute,
  },
  '/unmute': {
    form: '/unmute {conversation}',
    help: 'hear of all of it again',
    run: unmute,
  },
  ...signalTable,
  ...quietCommands,
  ...expiringTable,
  '/verify': {
    form: '/verify {@user} [yes|qr]',
    help: 'compare keys with somebody',
    run: (rest, actions) => {
      const words = wordsOf(rest);
      const last = words.at(-1);
      const wish = last === 'yes' || last === 'qr' ? last : 'show';
      if (wish !== 'show') words.pop();
      const name = personIn(words.shift(), actions);
      return name === undefined || words.length > 0 ? 'malformed' : verify(name, wish, actions);
    },
  },
  '/trust': {
    form: '/trust {@user}',
    help: 'take the changed key of somebody',
    run: aboutPerson((name, { trust }) => trust(name)),
  },
  '/block': {
    form: '/block [@user]',
    help: 'take no private messages and files from somebody; or who is blocked',
    run: (rest, { block, person }) => {
      const [word, ...more] = wordsOf(rest);
      return more.length > 0 ? 'malformed' : block(word && person(word.replace(/^@/, '')), false);
    },
  },
  '/unblock': {
    form: '/unblock {@user}',
    help: 'let somebody through again',
    run: aboutPerson((name, { block }) => block(name, true)),
  },
  '/distrust': {
    form: '/distrust {@user}',
    help: 'keep to the key that somebody had',
    run: aboutPerson((name, { distrust }) => distrust(name)),
  },
  '/unencrypted': {
    form: '/unencrypted @user text',
    help: 'say it to one person, readable by the server',
    run: (rest, actions) => {
      const [mention, text] = splitWord(rest.trimStart());
      if (!mention.startsWith('@') || text === '') return 'malformed';
      return actions.sayUnencrypted(actions.person(mention.slice(1)), text);
    },
  },
  '/send_file': {
    form: '/send_file {@user} path',
    help: 'send a file to one person, end-to-end encrypted; to a sealed group: /send_file #group path; to a sealed lobby: /send_file lobby path',
    run: sendFile,
  },
  '/files': {
    form: '/files',
    help: 'the files on their way',
    run: (rest, { files }) => (rest.trim() === '' ? files() : 'malformed'),
  },
  '/accept': {
    form: '/accept [number]',
    help: 'take a file that you are asked about',
    run: aboutTransfer('accept'),
  },
  '/decline': { form: '/decline [number]', help: 'do not take it', run: aboutTransfer('decline') },
  '/cancel': {
    form: '/cancel [number]',
    help: 'stop a file, for good',
    run: aboutTransfer('cancel'),
  },
  '/reply': {
    form: '/reply text',
    help: 'answer the message that you have chosen, or the last one of others',
    run: (rest, { reply }) => (rest.trim() === '' ? 'malformed' : reply(rest)),
  },
  '/edit': {
    form: '/edit text',
    help: 'give another text to the message that you have chosen, or to your last one; others can see the earlier ones',
    run: (rest, actions) => {
      if (rest.trim() !== '') return actions.editMessage(rest);
      return actions.view === 'lines' ? 'malformed' : actions.editMessage('');
    },
  },
  '/delete': {
    form: '/delete [yes]',
    help: 'delete the message that you have chosen, or your last one, for everybody; in a group its admin may, of others too',
    run: (rest, { deleteMessage }) => {
      const word = rest.trim();
      return word === '' || word === 'yes' ? deleteMessage(word === 'yes') : 'malformed';
    },
  },
  '/react': {
    form: '/react emoji',
    help: 'react to the message that you have chosen, or to the last one of others; once more takes it back',
    run: (rest, { react }) => {
      const [word, ...more] = wordsOf(rest);
      return word === undefined || more.length > 0 ? 'malformed' : react(reactionOf(word));
    },
  },
  '/edits': {
    form: '/edits',
    help: 'the earlier texts of the message that you have chosen, or of the last one that was edited',
    run: (rest, { edits }) => (rest.trim() === '' ? edits() : 'malformed'),
  },
  ...pinTable,
  ...gotoCommands,
  '/full': {
    form: '/full',
    help: 'all of a long message that is shown in part',
    run: (rest, { full }) => (rest.trim() === '' ? full() : 'malformed'),
  },
  '/search': {
    form: '/search [words]',
    help: 'find messages by the beginnings of their words; in:#group, from:user',
    run: (rest, { search }) => search(rest.trim()),
  },
  ...archiveCommands,
  '/set': {
    form: '/set [name [value]]',
    help: 'how things look and behave; kept in your file',
    run: (rest, { set }) => {
      const [name, value, ...more] = wordsOf(rest);
      return more.length > 0 ? 'malformed' : set(name, value);
    },
  },
  '/theme': {
    form: '/theme name',
    help: 'colours: auto, dark, light, 16, none',
    run: (rest, { set }) => {
      const [name, ...more] = wordsOf(rest);
      return more.length > 0 ? 'malformed' : set('theme', name);
    },
  },
  '/quit': {
    form: '/quit',
    help: 'leave, when all is sent; q too',
    run: (_, { leave }) => {
      leave();
      return undefined;
    },
  },
};

/** Forms that are not commands but have a meaning. */
export const otherForms: Readonly<Record<string, readonly [form: string, help: string]>> = {
  text: ['text', 'say it here'],
  '@': ['@user text', 'say it to one person, end-to-end encrypted'],
  '@@': ['@@group text', 'say it in a group'],
  '//': ['//text', 'say a text that begins with a slash'],
  '*all': ['*all', 'who is here'],
};

/** Every command, for completion. */
export const commandVerbs: readonly string[] = Object.keys(commands);

/** The command `typed`, in any letter case, with or without its slash. */
export function commandOf(typed: string): TypedCommand | undefined {
  const verb = typed.toLowerCase();
  const row = [verb, `/${verb}`].find((one) => Object.hasOwn(commands, one));
  return row === undefined ? undefined : commands[row];
}

/** A form for the screen, or for line mode, where nothing may be left out. */
export function formIn(form: string, view: CommandActions['view']): string {
  return form.replace(/\{([^{}]+)\}/g, view === 'screen' ? '[$1]' : '$1');
}

/** Form and help of everything that can be typed. */
export function commandHelp(
  view: CommandActions['view'],
): readonly (readonly [form: string, help: string])[] {
  return [
    ...Object.values(otherForms),
    ...Object.values(commands).map(({ form, help }) => [formIn(form, view), help] as const),
  ];
}

/** `/help`, or `/help kick`. */
function help(rest: string, actions: CommandActions): CommandOutcome {
  const [typed, ...more] = wordsOf(rest);
  if (more.length > 0) return 'malformed';
  if (typed === undefined) {
    actions.help();
    return undefined;
  }
  const row = commandOf(typed);
  const other = Object.hasOwn(otherForms, typed) ? otherForms[typed] : undefined;
  const found = row === undefined ? other : [formIn(row.form, actions.view), row.help];
  if (found === undefined) return err(noCommand(`/${typed.replace(/^\//, '')}`, actions));
  actions.notify('notice', `${found[0]}  ${found[1]}`);
  return undefined;
}

/** Says that `typed` is not a command, and which one may be meant. */
export function noCommand(typed: string, { view }: CommandActions): string {
  const word = typed.toLowerCase();
  const near =
    commandVerbs.find((verb) => verb.startsWith(`${word}_`)) ?? nearest(word, commandVerbs);
  const advice = near === undefined ? '/help shows those there are.' : `Did you mean ${near}?`;
  return `${view === 'screen' ? 'There' : 'there'} is no command ${typed}, nothing was sent. ${advice}`;
}
