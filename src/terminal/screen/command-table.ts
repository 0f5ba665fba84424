// The table of what can be typed into the screen: form, help, and what is done. The seed's spellings are among them. What
// begins like a command or an address is never said to everybody, not even mistyped.

import { nearest } from '../../lib/suggest.ts';
import { splitWord } from '../../wire/text.ts';
import { pathOf } from '../line/path-completion.ts';
import { withMarks } from '../line/typed-names.ts';
import { numberRows, standingOf } from '../line/verify.ts';
import type { Conversation, ConversationId, Model, Person, Told, Verdict } from './model.ts';

/** What the rows may do. */
export interface Actions {
  readonly model: Model;
  /** The conversation in which it was typed. */
  readonly here: Conversation;
  /** The safety numbers that were shown, by name. */
  readonly compared: Map<string, string>;
  readonly print: (tone: Told['tone'], text: string) => void;
  readonly open: (id: ConversationId) => void;
  /** The same for what had to be waited for: not where the person has gone on meanwhile. */
  readonly arrive: (id: ConversationId) => void;
  readonly help: () => void;
  readonly files: () => void;
  readonly search: (query: string) => Verdict;
  /** Sets a preference; without a value, tells what it is; without a name, all of them. */
  readonly set: (name: string | undefined, value: string | undefined) => Promise<Verdict>;
  /** Writes what was said here to a file. */
  readonly export: (path: string) => Promise<Verdict>;
  readonly leave: () => void;
}

type Done = Verdict | 'malformed' | undefined;

interface Row {
  readonly form: string;
  readonly help: string;
  readonly run: (rest: string, actions: Actions) => Done | Promise<Done>;
}

const wordsOf = (rest: string): string[] => rest.split(' ').filter((word) => word !== '');

/** `@name` or `name`, or the person of this conversation where nothing is said. */
function personIn(word: string | undefined, { here }: Actions): string | undefined {
  if (word !== undefined) return word.replace(/^@/, '');
  return here.kind === 'person' ? here.name : undefined;
}

/** `#group` or `group`, or the group of this conversation. */
function groupIn(word: string | undefined, { here }: Actions): string | undefined {
  if (word !== undefined) return word.replace(/^#/, '');
  return here.kind === 'group' ? here.name : undefined;
}

function aboutPerson(act: (name: string, actions: Actions) => Done | Promise<Done>): Row['run'] {
  return (rest, actions) => {
    const [word, ...more] = wordsOf(rest);
    const name = personIn(word, actions);
    return name === undefined || more.length > 0 ? 'malformed' : act(name, actions);
  };
}

function aboutGroup(act: (group: string, actions: Actions) => Promise<Done>): Row['run'] {
  return (rest, actions) => {
    const [word, ...more] = wordsOf(rest);
    const group = groupIn(word, actions);
    return group === undefined || more.length > 0 ? 'malformed' : act(group, actions);
  };
}

/** Shows a group once the server has said yes. */
function andArrive(done: Verdict, group: string, arrive: Actions['arrive']): Verdict {
  if (done.ok) arrive(`#${group}`);
  return done;
}

function aboutTransfer(act: 'accept' | 'decline' | 'cancel'): Row['run'] {
  return (rest, { model }) => {
    const [word, ...more] = wordsOf(rest);
    if (more.length > 0 || (word !== undefined && !/^[1-9]\d{0,8}$/.test(word))) return 'malformed';
    return model.chooseFile(act, word === undefined ? undefined : Number(word));
  };
}

/** Says `text` to somebody, and shows where it went. */
async function sayTo(name: string, text: string, { model, open }: Actions): Promise<Done> {
  const id = model.withPerson(name);
  if (id === undefined) return { ok: false, error: `${name} is nobody that you can write to.` };
  open(id);
  return text === '' ? undefined : model.say(id, text);
}

const leaving: Row = {
  form: '/quit',
  help: 'leave, when all is sent; q too',
  run: (_, { leave }) => {
    leave();
    return undefined;
  },
};

const commands: Readonly<Record<string, Row>> = {
  '/help': {
    form: '/help',
    help: 'the keys and the commands',
    run: (_, { help }) => {
      help();
      return undefined;
    },
  },
  '/msg': {
    form: '/msg user [text]',
    help: 'open the conversation with somebody, end-to-end encrypted',
    run: (rest, actions) => {
      const [word, text] = splitWord(rest.trim());
      return word === '' ? 'malformed' : sayTo(word.replace(/^@/, ''), text, actions);
    },
  },
  '/join': {
    form: '/join group',
    help: 'enter a group, and open it',
    run: aboutGroup(async (group, { model, arrive }) =>
      andArrive(await model.joinGroup(group), group, arrive),
    ),
  },
  '/create_group': {
    form: '/create_group group',
    help: 'make a group, and be its admin',
    run: aboutGroup(async (group, { model, arrive }) =>
      andArrive(await model.createGroup(group), group, arrive),
    ),
  },
  '/leave': {
    form: '/leave [group]',
    help: 'leave a group',
    run: aboutGroup((group, { model }) => model.leaveGroup(group)),
  },
  '/kick': {
    form: '/kick [group] user',
    help: 'put somebody out of your group',
    run: (rest, actions) => {
      const words = wordsOf(rest);
      const name = words.pop()?.replace(/^@/, '');
      const group = groupIn(words.pop(), actions);
      if (name === undefined || group === undefined || words.length > 0) return 'malformed';
      return actions.model.kick(group, name);
    },
  },
  '/names': {
    form: '/names',
    help: 'who is in this conversation, here or away; *all too',
    run: (_, actions) => listPeople(actions),
  },
  '/devices': {
    form: '/devices [@user]',
    help: 'this device and its key, or what is known of that of somebody',
    run: async (rest, { model, print }) => {
      const [word, ...more] = wordsOf(rest);
      if (more.length > 0) return 'malformed';
      const told = await model.devices(word?.replace(/^@/, ''));
      if (!told.ok) return told;
      for (const line of told.value) print('reply', line);
      return undefined;
    },
  },
  '/verify': {
    form: '/verify [@user] [yes]',
    help: 'compare keys with somebody',
    run: (rest, actions) => {
      const words = wordsOf(rest);
      const isYes = words.at(-1) === 'yes';
      if (isYes) words.pop();
      const name = personIn(words.shift(), actions);
      if (name === undefined || words.length > 0) return 'malformed';
      return isYes ? confirmNumber(name, actions) : showNumber(name, actions);
    },
  },
  '/trust': {
    form: '/trust [@user]',
    help: 'take the changed key of somebody',
    run: aboutPerson((name, { model }) => model.trust(name)),
  },
  '/distrust': {
    form: '/distrust [@user]',
    help: 'keep to the key that somebody had',
    run: aboutPerson((name, { model }) => model.distrust(name)),
  },
  '/unencrypted': {
    form: '/unencrypted @user text',
    help: 'say it to one person, readable by the server',
    run: (rest, { model }) => {
      const [mention, text] = splitWord(rest.trimStart());
      if (!mention.startsWith('@') || text === '') return 'malformed';
      return model.sayUnencrypted(mention.slice(1), text);
    },
  },
  '/send_file': {
    form: '/send_file [@user] path',
    help: 'send a file to one person, end-to-end encrypted',
    run: (rest, actions) => {
      const [first, behind] = splitWord(rest.trim());
      const isNamed = first.startsWith('@');
      const name = personIn(isNamed ? first : undefined, actions);
      const path = (isNamed ? behind : rest).trim();
      return name === undefined || path === ''
        ? 'malformed'
        : actions.model.sendFile(name, pathOf(path));
    },
  },
  '/files': {
    form: '/files',
    help: 'the files on their way',
    run: (_, { files }) => {
      files();
      return undefined;
    },
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
  '/search': {
    form: '/search [words]',
    help: 'find messages by the beginnings of their words; in:#group, from:user',
    run: (rest, { search }) => search(rest.trim()),
  },
  '/export': {
    form: '/export path',
    help: 'write what was said here to a file',
    run: (rest, actions) =>
      rest.trim() === '' ? 'malformed' : actions.export(pathOf(rest.trim())),
  },
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
  '/quit': leaving,
};

/** What is no command but means something, for the help. */
const otherForms: readonly (readonly [form: string, help: string])[] = [
  ['text', 'say it here'],
  ['@user text', 'say it to one person, end-to-end encrypted'],
  ['@@group text', 'say it in a group'],
  ['//text', 'say a text that begins with a slash'],
];

/** Every command, for completion. */
export const commandVerbs: readonly string[] = Object.keys(commands);

/** Form and help of everything that can be typed. */
export function commandHelp(): readonly (readonly [form: string, help: string])[] {
  return [...otherForms, ...Object.values(commands).map(({ form, help }) => [form, help] as const)];
}

/** Whether `line` is something else than words to be said where it was typed. */
export function isAddressed(line: string): boolean {
  const trimmed = line.trim();
  return (
    (trimmed.startsWith('/') && !trimmed.startsWith('//')) ||
    trimmed.startsWith('@') ||
    trimmed === '*all' ||
    trimmed === 'q'
  );
}

/** Does what was typed. The error says why it was not done; nothing was sent then. */
export async function runTyped(line: string, actions: Actions): Promise<Verdict> {
  const done = await dispatch(line, actions);
  return done === undefined || done === 'malformed' ? { ok: true, value: undefined } : done;
}

async function dispatch(line: string, actions: Actions): Promise<Done> {
  const { model, here } = actions;
  const trimmed = line.trim();
  if (trimmed === '') return undefined;
  if (trimmed === 'q') return leaving.run('', actions);
  if (trimmed === '*all') return listPeople(actions);
  if (trimmed.startsWith('//')) return model.say(here.id, trimmed.slice(1));
  if (trimmed.startsWith('@@')) {
    const [group, text] = splitWord(trimmed.slice(2));
    if (text === '') return refuse('@@group text');
    const id = `#${group}`;
    if (model.conversation(id) === undefined)
      return { ok: false, error: `You are in no group ${group}. /join ${group} enters it.` };
    actions.open(id);
    return model.say(id, text);
  }
  if (trimmed.startsWith('@')) {
    const [name, text] = splitWord(trimmed.slice(1));
    return text === '' ? refuse('@user text') : sayTo(name, text, actions);
  }
  if (!trimmed.startsWith('/')) return model.say(here.id, line.trimEnd());
  const [typed, rest] = splitWord(trimmed);
  const verb = typed.toLowerCase();
  const row = Object.hasOwn(commands, verb) ? commands[verb] : undefined;
  if (row === undefined) {
    const near = nearest(verb, commandVerbs);
    const advice = near === undefined ? '/help shows those there are.' : `Did you mean ${near}?`;
    return { ok: false, error: `There is no command ${typed}, nothing was sent. ${advice}` };
  }
  const done = await row.run(rest, actions);
  return done === 'malformed' ? refuse(row.form) : done;
}

function refuse(form: string): Verdict {
  return { ok: false, error: `Nothing was sent. It is written: ${form}` };
}

/** More names are no list that anybody reads. */
const maxNamed = 200;

function listPeople({ model, here, print }: Actions): Done {
  model.refreshPeople();
  const people = model.people(here.id);
  if (people.length === 0) {
    print('notice', 'You are not in this group any more, and are not told who is.');
    return undefined;
  }
  const count = people.length === 1 ? '1 person' : `${people.length} people`;
  const others = people.length - maxNamed;
  const more = others > 0 ? `, and ${others} more` : '';
  print('notice', `${count}: ${people.slice(0, maxNamed).map(named).join(', ')}${more}`);
  return undefined;
}

/** `bob`, `carol (admin, away)`. */
function named({ name, isMe, isHere, isAdmin, isVerified }: Person): string {
  return withMarks(name, {
    you: isMe,
    admin: isAdmin,
    verified: isVerified,
    away: !isHere,
  });
}

async function showNumber(name: string, { model, compared, print }: Actions): Promise<Done> {
  const number = await model.safetyNumber(name);
  if (!number.ok) return number;
  const { digits, isVerified } = number.value;
  compared.set(name, digits);
  print('notice', `safety number of you and ${name}. ${standingOf(number.value)}`);
  for (const row of numberRows(digits)) print('reply', row);
  if (!isVerified) {
    print(
      'notice',
      `compare it with ${name} in a call or in person. Is it the same there? /verify @${name} yes`,
    );
  }
  return undefined;
}

async function confirmNumber(name: string, { model, compared, print }: Actions): Promise<Done> {
  const digits = compared.get(name);
  if (digits === undefined) {
    return { ok: false, error: `First compare the number: /verify @${name}` };
  }
  const marked = await model.markVerified(name, digits);
  if (marked.ok) {
    compared.delete(name);
    print('notice', `${name} is verified: you will be warned should the key ever change`);
  }
  return marked;
}
