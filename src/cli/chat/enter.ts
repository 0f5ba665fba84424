// From what the person has said, and what is remembered of the last time, to a chat and its outcome. At a terminal what is
// missing is asked for; a name that the server does not let in is asked for again. In a pipe nothing is ever asked.
import { existsSync } from 'node:fs';
import { knock } from '../../client/knock.ts';
import { serverKeyOf } from '../../client/server-address.ts';
import { clientStorePath } from '../../platform/node/client-store/open.ts';
import { dial } from '../../platform/node/connection.ts';
import { openKnownServers } from '../../platform/node/known-servers.ts';
import { nodeTimers } from '../../platform/node/runtime.ts';
import type { Outcome } from '../../terminal/line/farewell.ts';
import { usageFailure, type Failure } from '../failure.ts';
import type { Environment } from '../flags/table.ts';
import { askDestination, askName, sentence, type Destination } from './first-start.ts';
import { defaultServer, type ChatOptions, type ChatWish } from './options.ts';
import { hasScreen } from './place.ts';
import { Questions } from './questions.ts';
import { readRemembered, rememberedPath, rememberVisit } from './remembered.ts';
import type { Arrival } from './session.ts';
import { isInteractive } from './streams.ts';

/** Chats until it ends. Rejects with a PrivateFileError where the data directory cannot be used. */
export async function enter(wish: ChatWish, env: Environment): Promise<Outcome | Failure> {
  const { options } = wish;
  if (isInteractive(process)) return enterFromTerminal(wish, env);
  if (options.name === undefined) return usageFailure('a name is needed', 'Say --name NAME.');
  return begin({ server: options.server, name: options.name }, options, env, undefined);
}

async function enterFromTerminal(
  { options, isServerTold }: ChatWish,
  env: Environment,
): Promise<Outcome | Failure> {
  const path = rememberedPath(options.data, env);
  const remembered = await readRemembered(path);
  const server = isServerTold ? options.server : remembered.server;
  const name = options.name ?? (server && remembered.names.get(serverKeyOf(server)));
  if (server !== undefined && name !== undefined) {
    return begin({ server, name }, options, env, arrivalAt({ server, name }, false));
  }
  let destination = await withQuestions((questions) =>
    askDestination(questions, { server, name, names: remembered.names }, defaultServer, (asked) =>
      knock(asked, { dial, timers: nodeTimers, knownServers: openKnownServers(options.data) }),
    ),
  );
  while (destination !== undefined) {
    const { server: at, name: last } = destination;
    const outcome = await begin(destination, options, env, arrivalAt(destination, true));
    if (outcome.kind !== 'refused' || outcome.isAboutName !== true) return outcome;
    destination = await withQuestions(async (questions) => {
      questions.say(sentence(outcome.message));
      const other = await askName(questions, last);
      return other && { server: at, name: other };
    });
  }
  return { kind: 'interrupted' };

  function arrivalAt(to: Destination, isAsked: boolean): Arrival {
    // As a guest the name is somebody else's tomorrow.
    if (options.guest) return { isNew: isAsked };
    const isNew = !existsSync(clientStorePath(options.data, serverKeyOf(to.server), to.name));
    return { isNew, remember: () => rememberVisit(path, to.server, to.name) };
  }
}

async function begin(
  { server, name }: Destination,
  options: ChatOptions,
  env: Environment,
  arrival: Arrival | undefined,
): Promise<Outcome> {
  const settled = { ...options, server };
  // Loaded here only: the ciphers are most of what a start costs, and `--help` needs none of them.
  const screen = hasScreen(process, env, options.plain)
    ? await (await import('./full-screen.ts')).beginScreen(server, name, env)
    : undefined;
  try {
    const { chat } = await import('./session.ts');
    return await chat(name, settled, env, screen, arrival);
  } finally {
    screen?.terminal.end();
  }
}

async function withQuestions<T>(ask: (questions: Questions) => Promise<T>): Promise<T> {
  const questions = new Questions(process.stdin, process.stdout);
  try {
    return await ask(questions);
  } finally {
    questions.close();
  }
}
