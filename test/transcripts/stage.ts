// The stage of the transcripts: the real server, and people at netcat who send and read lines. Every transcript runs
// over each transport. The people cannot tell which one they use.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { features } from '../support/greeting.ts';
import { connectLines, type LineClient } from '../support/line-client.ts';
import { startServerProgram, webArgs, type ServerProgram } from '../support/program.ts';
import { connectByWeb } from '../support/web-client.ts';
import { visitByWeb } from '../support/web-file.ts';

export interface Person {
  /** Sends a line. */
  says(line: string): void;
  /** Asserts that these are the next lines, in this order. */
  hears(...lines: string[]): Promise<void>;
  /** The next line that is no PING. Answers those: one may come before any line. */
  hearsBesidesPings(): Promise<string>;
  /** Asserts that nothing was received, by sending a request and reading the answer first. Needs a login. */
  hearsNothing(): Promise<void>;
  /** Asserts that these are the last lines before the server closes the connection. */
  hearsLast(...lines: string[]): Promise<void>;
  /** Closes the connection without QUIT. */
  vanishes(): void;
  readonly client: LineClient;
}

export interface Stage {
  /** A person who has connected and read the greeting. */
  readonly stranger: () => Promise<Person>;
  /** People who have connected and logged in, in this order. */
  readonly people: <Names extends readonly string[]>(
    ...names: Names
  ) => Promise<{ [At in keyof Names]: Person }>;
  /** A connection to the port of a file [7.11], over the same transport. */
  readonly port: (number: number) => Promise<LineClient>;
  /** Whether one's sending side can be closed alone: a WebSocket's cannot. */
  readonly canHalfClose: boolean;
  /** Everybody leaves, so that the next part finds an empty server. */
  readonly clear: () => Promise<void>;
}

export type Transcript = (stage: Stage) => Promise<void>;

export const welcome = 'Welcome to the transcripts, grüezi';

/** Runs every transcript over every transport, with one server for each transport. */
export function transcripts(
  all: Readonly<Record<string, Transcript>>,
  serverArgs: readonly string[] = ['--ping-interval', '0'],
  env: Readonly<Record<string, string>> = {},
): void {
  for (const transport of ['tcp', 'tls', 'web'] as const) {
    test(`over ${transport}`, async (t) => {
      const server = await startServerProgram(t, {
        args: [
          '--welcome',
          welcome,
          ...(transport === 'tls' ? ['--tls-port', '0', '--guests', 'on'] : []),
          ...(transport === 'web' ? webArgs : []),
          ...serverArgs,
        ],
        env,
      });
      for (const [title, play] of Object.entries(all)) {
        await t.test(title, async (t) => {
          const stage = createStage(t, server, transport);
          await play(stage);
          await stage.clear();
        });
      }
    });
  }
}

function createStage(t: TestContext, server: ServerProgram, transport: 'tcp' | 'tls' | 'web') {
  const open = new Set<LineClient>();

  function connect(): Promise<LineClient> {
    if (transport === 'web') return connectByWeb(t, server.web);
    return transport === 'tls'
      ? connectLines(t, server.tls, { tls: {} })
      : connectLines(t, server.plain);
  }

  async function stranger(): Promise<Person> {
    const client = await connect();
    open.add(client);
    const person = createPerson(client, open);
    await person.hears(`HELO ${welcome} ${features}`);
    return person;
  }

  async function login(name: string): Promise<Person> {
    const person = await stranger();
    person.says(`HELO ${name}`);
    assert.equal(await person.hearsBesidesPings(), `+OK HELO ${name}`);
    return person;
  }

  return {
    stranger,
    canHalfClose: transport !== 'web',
    port: (number: number): Promise<LineClient> =>
      transport === 'web'
        ? visitByWeb(t, server.web, number)
        : connectLines(t, number, transport === 'tls' ? { tls: {} } : {}),
    async people<Names extends readonly string[]>(...names: Names) {
      const people: Person[] = [];
      for (const name of names) people.push(await login(name));
      return people as { [At in keyof Names]: Person };
    },
    /** Everybody leaves, so that the next transcript finds an empty server. */
    async clear() {
      for (const client of open) {
        client.send('QUIT q');
        await client.rest();
        open.delete(client);
      }
    },
  };
}

function createPerson(client: LineClient, open: Set<LineClient>): Person {
  return {
    client,
    says: (line) => client.send(line),
    async hears(...lines) {
      for (const line of lines) await client.expect(line);
    },
    async hearsBesidesPings() {
      for (;;) {
        const line = await client.next();
        if (line !== 'PING') return line;
        client.send('PONG');
      }
    },
    async hearsNothing() {
      client.send('GET_USERS *all');
      assert.match(await client.next(), /^\+SUCCESS \[/);
    },
    async hearsLast(...lines) {
      assert.deepEqual(await client.rest(), lines);
      open.delete(client);
    },
    vanishes() {
      client.socket.destroy();
      open.delete(client);
    },
  };
}
