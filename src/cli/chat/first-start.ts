// What a new user is asked before the chat: the server, until one answers, and a name there, until it is valid. A
// rejected answer is shown again, to be changed. Asks only for what is not known; knows no file and no screen.
import type { ServerProbe } from '../../client/connection/server-probe.ts';
import {
  formatServerAddress,
  serverKeyOf,
  type ServerAddress,
} from '../../client/connection/server-address.ts';
import { readServerAddress } from '../../platform/node/server-address.ts';
import { farewell, type Outcome } from '../../client/wording/farewell.ts';
import { parseUsername, maxNameLength, type Username } from '../../wire/text.ts';
import { readPasted } from './pasted.ts';
import type { Questions } from './questions.ts';

/** Where the person chats, and under which name. */
export interface Destination {
  readonly server: ServerAddress;
  readonly name: Username;
}

export interface RememberedChoices {
  readonly server: ServerAddress | undefined;
  readonly name: Username | undefined;
  /** Names by the keys of servers. */
  readonly names: ReadonlyMap<string, Username>;
}

/** Asks for what is missing in `known`. Undefined if the person leaves instead. */
export async function askDestination(
  questions: Questions,
  known: RememberedChoices,
  offered: string,
  knockAt: (server: ServerAddress) => ServerProbe,
): Promise<Destination | undefined> {
  if (known.server !== undefined) {
    questions.say(
      `Welcome to helo. Who are you to the others on ${formatServerAddress(known.server)}?`,
    );
    const name = known.name ?? (await askName(questions, ''));
    return name && { server: known.server, name };
  }
  questions.say(
    'Welcome to helo. Which server do you want to chat on? Its address comes from the person who runs it; you can also paste the whole line that it printed. (To run one yourself: helo serve)',
    '',
  );
  const found = await askServer(questions, offered, knockAt);
  if (found === undefined) return undefined;
  const usual = known.names.get(serverKeyOf(found.server));
  const name = known.name ?? usual ?? (await askName(questions, found.name ?? ''));
  return name && { server: found.server, name };
}

interface Found {
  readonly server: ServerAddress;
  /** From the pasted line. */
  readonly name: Username | undefined;
}

async function askServer(
  questions: Questions,
  offered: string,
  knockAt: (server: ServerAddress) => ServerProbe,
): Promise<Found | undefined> {
  let typed = '';
  for (;;) {
    const answer = await questions.ask(typed === '' ? `Server [${offered}]: ` : 'Server: ', typed);
    if (answer === undefined) return undefined;
    const pasted = readPasted(answer === '' ? offered : answer);
    typed = pasted.address;
    const server = readServerAddress(pasted.address);
    if (!server.ok) {
      questions.say(
        `That is no address: ${server.error}.`,
        'Addresses look like chat.example.org:1337 or tls://chat.example.org#FINGERPRINT.',
      );
      continue;
    }
    const probeServer = knockAt(server.value);
    const refusal = await Promise.race([
      probeServer.answer,
      questions.left.then(() => 'left' as const),
    ]);
    if (refusal === 'left') {
      probeServer.abort();
      return undefined;
    }
    if (refusal === undefined) return { server: server.value, name: pasted.name };
    sayRefusal(questions, farewell(refusal, server.value));
  }
}

function sayRefusal(questions: Questions, outcome: Outcome): void {
  if (!('message' in outcome)) return;
  const { message, hint = '' } = outcome;
  questions.say(...`${sentence(message)} ${hint}`.split('\n'));
}

/** Asks for a name. Undefined if the person leaves instead. */
export async function askName(questions: Questions, typed: string): Promise<Username | undefined> {
  let last = typed;
  for (;;) {
    const answer = await questions.ask('Your name there: ', last);
    if (answer === undefined) return undefined;
    const name = parseUsername(answer);
    if (name !== undefined) return name;
    questions.say(`A name is 1 to ${maxNameLength} letters, digits and underscores.`);
    last = answer;
  }
}

/** The words of an error, with a capital letter and a full stop. */
export function sentence(message: string): string {
  return `${message.slice(0, 1).toUpperCase()}${message.slice(1)}.`;
}
