// The questions of chat/first-start.ts, asked at the terminal. Loaded only if there is something to ask: a returning
// person must see the first frame at once.
import { probeServer } from '../../client/connection/server-probe.ts';
import { dial } from '../../platform/node/connection.ts';
import { openKnownServers } from '../../platform/node/known-servers.ts';
import { nodeTimers } from '../../platform/node/runtime.ts';
import {
  askDestination,
  askName,
  sentence,
  type Destination,
  type RememberedChoices,
} from './first-start.ts';
import { defaultServer } from './options.ts';
import { Questions } from './questions.ts';

/** Asks for what is missing in `known`. `data` is the data directory. Undefined if the person leaves instead. */
export function askWhere(known: RememberedChoices, data: string): Promise<Destination | undefined> {
  const ports = { dial, timers: nodeTimers, knownServers: openKnownServers(data) };
  return withQuestions((questions) =>
    askDestination(questions, known, defaultServer, (server) => probeServer(server, ports)),
  );
}

/** Asks for another name than the one in `last`, which the server refused with the reason `why`. */
export function askOtherName(last: Destination, why: string): Promise<Destination | undefined> {
  return withQuestions(async (questions) => {
    questions.say(sentence(why));
    const name = await askName(questions, last.name);
    return name && { server: last.server, name };
  });
}

async function withQuestions<T>(ask: (questions: Questions) => Promise<T>): Promise<T> {
  const questions = new Questions(process.stdin, process.stdout);
  try {
    return await ask(questions);
  } finally {
    questions.close();
  }
}
