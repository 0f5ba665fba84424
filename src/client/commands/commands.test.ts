import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok } from '../../lib/result.ts';
import { sameButCase } from '../people.ts';
import type { CommandActions, Verdict } from './actions.ts';
import { runTyped } from './run.ts';
import { commands } from './table.ts';

const known = { people: ['alice', 'Bob', 'bobby'], groups: ['lunch'] };

/** Actions that record how they are called. */
function recorded(
  view: CommandActions['view'],
  here: CommandActions['here'] = { kind: 'lobby', name: 'lobby' },
) {
  const asked: string[] = [];
  const told: string[] = [];
  const did = (what: string) => {
    asked.push(what);
    return Promise.resolve<Verdict>(ok(undefined));
  };
  const own: Partial<CommandActions> = {
    view,
    here,
    compared: new Map(),
    notify: (_, text) => void told.push(text),
    person: (typed) => sameButCase(typed, known.people),
    group: (typed) => sameButCase(typed, known.groups),
    path: (typed) => typed,
    createGroup: (name, wish) => did(`createGroup ${name} ${JSON.stringify(wish)}`),
  };
  const actions = new Proxy(own, {
    get: (target, name) =>
      name in target
        ? target[name as keyof CommandActions]
        : (...args: unknown[]) => did([String(name), ...args.map(String)].join(' ')),
  }) as CommandActions;
  return { actions, asked, told };
}

async function asks(
  typed: string,
  view: CommandActions['view'] = 'lines',
): Promise<string | undefined> {
  const { actions, asked } = recorded(view);
  await runTyped(typed, actions);
  return asked[0];
}

test('every command has the same spelling among lines and on the screen', async () => {
  for (const [typed, asked] of [
    ['/quit', 'leave'],
    ['q', 'leave'],
    ['/msg alice hi there', 'sayTo alice hi there'],
    ['@alice hi there', 'sayTo alice hi there'],
    ['@@lunch hi', 'sayIn lunch hi'],
    ['/search in:#lunch soup', 'search in:#lunch soup'],
    ['/export #lunch a file.txt', `export a file.txt #lunch text`],
    ['/export all.jsonl', 'export all.jsonl undefined json'],
    ['/export *all my talk json', 'export my talk *all json'],
    ['/import my talk.jsonl', 'import my talk.jsonl'],
    ['/kick lunch alice', 'kick lunch alice'],
    ['/goto yesterday 14:30', 'goTo yesterday 14:30 undefined'],
    ['/goto #lunch 2026-11-01', 'goTo 2026-11-01 #lunch'],
    ['/goto lobby monday', 'goTo monday lobby'],
    ['/goto #m=AAAAAAAA/1/B', 'goTo #m=AAAAAAAA/1/B undefined'],
    ['/permalink', 'permalink'],
    ['/create_group tea', 'createGroup tea {"mode":"open"}'],
    ['/create_group tea --open', 'createGroup tea {"asked":"open","mode":"open"}'],
    ['/create_group --private tea', 'createGroup tea {"mode":"invite"}'],
    ['/create_group --private --open tea', 'createGroup tea {"asked":"open","mode":"invite"}'],
    ['/create_group tea --sealed', 'createGroup tea {"asked":"sealed","mode":"open"}'],
    ['/create_group #tea --sealed --private', 'createGroup tea {"asked":"sealed","mode":"invite"}'],
    ['/seal LUNCH', 'seal lunch'],
    ['/KICK lunch alice', 'kick lunch alice'],
    ['//slash', 'say /slash'],
    ['  two  spaces ', 'say   two  spaces '],
    ['*all', 'names undefined'],
    ['/names', 'names undefined'],
    ['/names #lunch', 'names lunch'],
    ['/edit  two words', 'editMessage  two words'],
    ['/delete', 'deleteMessage false'],
    ['/delete yes', 'deleteMessage true'],
    ['/react 🎈', 'react 🎈'],
    ['/react :Heart:', 'react ❤️'],
    ['/react +1', 'react 👍'],
    ['/reply so be it', 'reply so be it'],
    ['/edits', 'edits'],
    ['/react', undefined],
    ['/react 👍 👎', undefined],
    ['/reply ', undefined],
    ['/delete everything', undefined],
  ] as const) {
    assert.equal(await asks(typed, 'lines'), asked);
    assert.equal(await asks(typed, 'screen'), asked);
  }
});

test('a name in other letter case is that of the one person, or group, that it can mean', async () => {
  assert.equal(await asks('/msg ALICE hi'), 'sayTo alice hi');
  assert.equal(await asks('@ALICE hi'), 'sayTo alice hi');
  assert.equal(await asks('/trust @bob'), 'trust Bob');
  assert.equal(await asks('/kick LUNCH Alice'), 'kick lunch alice');
  assert.equal(await asks('@@Lunch hi'), 'sayIn lunch hi');
  assert.equal(await asks('@nobody hi'), 'sayTo nobody hi');
  assert.equal(sameButCase('EVE', ['eve', 'Eve']), 'EVE');
  assert.equal(sameButCase('Eve', ['eve', 'Eve']), 'Eve');
});

test('/help tells how each command is written, with its slash or without', async () => {
  for (const verb of Object.keys(commands)) {
    for (const typed of [verb, verb.slice(1)]) {
      const { actions, told } = recorded('lines');
      const done = await runTyped(`/help ${typed}`, actions);
      assert.ok(done.ok, typed);
      assert.ok(told[0]?.startsWith(verb), told[0]);
      assert.doesNotMatch(told[0] ?? '', /[{}]/);
    }
  }
  const { actions } = recorded('lines');
  for (const [typed, meant] of [
    ['kcik', '/kick'],
    ['create', '/create_group'],
  ]) {
    const none = await runTyped(`/help ${typed}`, actions);
    assert.ok(!none.ok && none.error.includes(`Did you mean ${meant}?`));
  }
});

test('what the conversation says may be left out on the screen, and there only', async () => {
  const inGroup = recorded('screen', { kind: 'group', name: 'lunch' });
  await runTyped('/leave', inGroup.actions);
  assert.deepEqual(inGroup.asked, ['leaveGroup lunch']);
  const { actions } = recorded('lines');
  const refused = await runTyped('/leave', actions);
  assert.ok(!refused.ok && refused.error.endsWith('It is written: /leave group'));
});

test('in a group its name may stand before the rest, with and without its sign, but not before a text', async () => {
  for (const name of ['', 'lunch ', '#lunch ']) {
    const { actions, asked } = recorded('screen', { kind: 'group', name: 'lunch' });
    await runTyped(`/kick ${name}alice`, actions);
    await runTyped(`/unsilence ${name}@alice`, actions);
    await runTyped(`/members ${name}`, actions);
    assert.deepEqual(asked.slice(1), ['govern lunch [object Object]', 'showGroup lunch']);
  }
  let topic: unknown;
  const govern = (_: string, wish: unknown) => {
    topic = wish;
    return Promise.resolve(ok(undefined));
  };
  const { actions } = recorded('screen', { kind: 'group', name: 'lunch' });
  await runTyped('/topic lunch at noon', Object.assign(actions, { govern }));
  assert.deepEqual(topic, { what: 'topic', text: 'lunch at noon' });
});
