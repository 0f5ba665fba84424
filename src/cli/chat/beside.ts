// A second chat at a terminal, on a data directory whose account another program has open: if the person wants it, it is a
// device of its own, in a folder of that directory. The other program adds it, over its control socket: both are the
// same person's, on the same machine. From then on it is found there, and nobody is asked again.
import { joiningWords } from '../../client/wording/joining-words.ts';
import { becomeDevice } from '../../platform/node/become-device.ts';
import {
  callControl,
  controlSocketPath,
  type OpenedCall,
} from '../../platform/node/control-socket.ts';
import { foldersBeside } from '../../platform/node/data-beside.ts';
import { nodeTimers } from '../../platform/node/runtime.ts';
import { isKnownThere, keysAt } from '../../platform/node/server-place.ts';
import type { Outcome } from '../../client/wording/farewell.ts';
import { systemFailure, type Failure } from '../failure.ts';
import type { Destination } from './first-start.ts';
import { Questions } from './questions.ts';

/** How long a command that sends something may take to end. */
const shortMs = 5_000;

/** The data directory for a chat, if another one than `data` is meant; or how it ended before that. */
export async function dataBeside(
  to: Destination,
  data: string,
): Promise<string | Outcome | Failure | undefined> {
  const call = await holderOf(to, data);
  if (call === undefined) return undefined;
  try {
    const folder = await freeFolder(to, data);
    if (folder === undefined || (await isKnownThere(folder, to.server, to.name))) return folder;
    const answer = await askWhether(to);
    if (answer === undefined) return { kind: 'interrupted' };
    return /^y(es)?$/i.test(answer) ? await link(to, folder, call) : undefined;
  } finally {
    call.leave();
  }
}

/** The program that has the account open there, and stays. */
async function holderOf(to: Destination, data: string): Promise<OpenedCall | undefined> {
  for (const key of await keysAt(data, to.server)) {
    const call = await callControl(controlSocketPath(data, key, to.name), () => {});
    const greeting = await call?.caller.greeted();
    if (greeting?.stays === true) return call;
    if (greeting !== undefined) await Promise.race([call?.caller.end(), shortTime()]);
    call?.leave();
  }
  return undefined;
}

/** The first that no other program uses. Undefined where there are as many as an account has devices. */
async function freeFolder(to: Destination, data: string): Promise<string | undefined> {
  for (const folder of foldersBeside(data)) {
    const call = await holderOf(to, folder);
    if (call === undefined) return folder;
    call.leave();
  }
  return undefined;
}

/** Undefined: the person left. */
async function askWhether({ name }: Destination): Promise<string | undefined> {
  const questions = new Questions(process.stdin, process.stdout);
  try {
    questions.say(
      `${name} is open in another helo on this machine. This one can be a device of its own beside it, with private messages, files and what was said so far. People see that you have a new device, and those who have verified you are asked about it, once. Without that, here is only what everybody can read.`,
    );
    return await questions.ask('Make it a device? [y/N] ');
  } finally {
    questions.close();
  }
}

async function link(
  { server: address, name }: Destination,
  data: string,
  { caller }: OpenedCall,
): Promise<string | Failure> {
  process.stdout.write('one moment...\n');
  try {
    const failure = await becomeDevice({ address, name, data, form: 'terminal' }, async (step) => {
      const done = await caller.link('code' in step ? step.code : `${step.digits} history`);
      if (done?.ok !== true) throw new NotLinked(done?.error ?? 'the other helo has ended');
    });
    return failure === undefined ? data : systemFailure(joiningWords(failure, address));
  } catch (error) {
    if (error instanceof NotLinked) return systemFailure(error.message);
    throw error;
  }
}

class NotLinked extends Error {
  override readonly name = 'NotLinked';
}

function shortTime(): Promise<void> {
  return new Promise((resolve) => void nodeTimers.after(shortMs, resolve));
}
