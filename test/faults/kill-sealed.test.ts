// Clients and the server of a sealed group are killed with -9 at random moments, while people write, enter, are put out and
// let in again, and keys are renewed. Nothing that was said is lost, nothing is there twice, and no state is used twice: a
// text that was sealed with a key that was used before could be read by nobody. KILL_ROUNDS=n kills n times.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { connect } from '../../src/library/connect.ts';
import { startChat, type ChatProgram } from '../support/chat-program.ts';
import { startServerProgram, type ServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { eventually } from '../support/time-limit.ts';

const rounds = Number(process.env['KILL_ROUNDS'] ?? 3);
/** What each says in a round: keys are renewed after 100 texts. */
const textsOfRound = 40;

/** Somebody who is a member all the time, over all runs of their program. */
class Person {
  readonly name: string;
  readonly data: string;
  program!: ChatProgram;
  #said = 0;
  /** Typed into the run of now, which may be killed before it reads that. */
  #typed: string[] = [];
  /** What must be in the history: shown as said, or typed into a program that went on. */
  readonly due = new Set<string>();

  constructor(name: string, data: string) {
    this.name = name;
    this.data = data;
  }

  async starts(t: TestContext, port: number): Promise<void> {
    const args = ['--data', this.data];
    this.program = await startChat(t, { server: `127.0.0.1:${port}`, name: this.name, args });
  }

  speaks(): void {
    this.#said += 1;
    const text = `${this.name} ${this.#said}`;
    this.#typed.push(text);
    this.program.type(`@@lunch ${text}`);
  }

  /** Nothing is known of what was typed and not shown. */
  async isKilled(): Promise<void> {
    const { stdout } = await this.program.kill();
    this.#noteShown(stdout);
    this.#typed = [];
  }

  async leaves(): Promise<void> {
    const { signal, stdout } = await this.program.eof();
    assert.equal(signal, null);
    this.#noteShown(stdout);
    for (const text of this.#typed) this.due.add(text);
  }

  #noteShown(stdout: string): void {
    const own = new RegExp(`^@@lunch \\(sealed\\) \\[${this.name}\\] (.*)$`, 'gm');
    for (const [, text = ''] of stdout.matchAll(own)) this.due.add(text);
  }

  /** The texts of the group on this device, in order, or why one cannot be read. */
  async history(t: TestContext, port: number): Promise<readonly string[]> {
    const { name, data } = this;
    const chat = await connect({ server: `127.0.0.1:${port}`, name, data });
    t.after(() => chat.close());
    const history = await chat.history('#lunch', { limit: 100_000 });
    await chat.close();
    return history.flatMap(({ from, text, unreadable }) =>
      from === 'dave' ? [] : [unreadable ?? text],
    );
  }
}

/** For who looks into a failure. */
function stateOf({ name, program }: Person): string {
  const last = program.stdout().split('\n').slice(-4).join(' | ');
  return `${name} shows ${last} and tells ${program.stderr()}`;
}

async function whole(t: TestContext): Promise<void> {
  const data = await temporaryFolder(t);
  const start = (port: number): Promise<ServerProgram> =>
    startServerProgram(t, { args: ['--data', data, '--port', String(port), '--limits', 'off'] });
  let server = await start(0);
  const { port } = server.plain;
  const people: Person[] = [];
  for (const name of ['alice', 'bob', 'carol'])
    people.push(new Person(name, await temporaryFolder(t)));
  const [alice] = people;
  assert.ok(alice);
  await Promise.all(people.map((person) => person.starts(t, port)));
  alice.program.type('/create_group lunch --sealed');
  await alice.program.tells(/group lunch is sealed/);
  for (const person of people.slice(1)) {
    person.program.type('/join lunch');
    await person.program.shows('stdout', /you are in: /);
  }
  const dave = new Person('dave', await temporaryFolder(t));
  await dave.starts(t, port);
  dave.program.type('*all');
  await dave.program.shows('stdout', /^\[.*dave.*\]$/m);

  for (let round = 0; round < rounds; round++) {
    const victim = [server, ...people, dave][randomInt(people.length + 2)];
    const from = people[randomInt(people.length)];
    const seen = from?.program.stdout().length ?? 0;
    // Dave comes in, says something, and is put out.
    alice.program.type('/invite @dave lunch');
    dave.program.type('/join lunch');
    for (let text = 0; text < textsOfRound; text++) {
      for (const person of people) person.speaks();
      if (text === textsOfRound / 2) dave.speaks();
      if (text === (textsOfRound * 3) / 4) alice.program.type('/kick lunch dave');
    }
    const enough = randomInt(people.length * textsOfRound * 12);
    await eventually(
      () => (from?.program.stdout().length ?? 0) >= seen + enough,
      `${enough} more from ${from?.name}`,
      () => people.map(({ name, program }) => `${name}: ${program.stderr()}`).join('\n'),
    );
    if (victim === server) {
      await server.kill();
      server = await start(port);
    } else if (victim instanceof Person) {
      await victim.isKilled();
      await victim.starts(t, port);
    }
    if (rounds > 20 && round % 10 === 9) t.diagnostic(`${round + 1} rounds`);
  }

  for (const person of people) person.program.type(`@@lunch the end of ${person.name}`);
  for (const person of people) {
    for (const { name } of people) {
      if (name === person.name) continue;
      await eventually(
        () => person.program.stdout().includes(`(sealed) [${name}] the end of ${name}\n`),
        `the end of ${name} at ${person.name}`,
        () => people.map(stateOf).join('\n'),
      );
    }
  }
  for (const person of people) {
    assert.doesNotMatch(person.program.stderr(), /another program has taken|cannot be read/);
    await person.leaves();
  }
  const [history = [], ...others] = await Promise.all(people.map((one) => one.history(t, port)));
  for (const other of others) assert.deepEqual(other, history, 'all have the same');
  const texts = history.filter((text) => !text.startsWith('the end'));
  assert.deepEqual(
    texts.filter((text) => !/^(?:alice|bob|carol) \d+$/.test(text)),
    [],
    'all can be read',
  );
  assert.equal(new Set(texts).size, texts.length, 'nothing is there twice');
  for (const { name, due } of people) {
    const said = texts.filter((text) => text.startsWith(`${name} `));
    const numbers = said.map((text) => Number(text.slice(name.length + 1)));
    assert.deepEqual(
      numbers,
      numbers.toSorted((one, other) => one - other),
      'in order',
    );
    const lost = [...due].filter((text) => text.startsWith(`${name} `) && !said.includes(text));
    assert.deepEqual(lost, [], `of ${name} nothing is lost`);
  }
}

test(
  `kill -9 of members and of the server of a sealed group (${rounds} times): nothing lost, nothing twice`,
  whole,
);
