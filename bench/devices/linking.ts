// Linking as people do it, with the real programs: from the code on the new device to the first message there. All of them
// share the generator's CPU, and people type at once.

import { enterChat, startChat } from '../../test/support/chat-program.ts';
import { startProgram, type Listener } from '../../test/support/program.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { median } from '../report/statistics.ts';
import { inScope } from '../scope.ts';

const codeLine = /^\/link ((?:[A-Z2-7]{4}-){6}[A-Z2-7]{2})$/m;
const digitsLine = /^\/link (\d{6})$/m;

export interface LinkingTimes {
  /** Until `helo link` has ended: the account has the device. */
  readonly linkedMs: number;
  /** Until the new device shows an answer to what was said on it. */
  readonly firstMessageMs: number;
}

/** Medians of `times` accounts, each of which gets a second device. */
export async function measureLinking(server: Listener, times: number): Promise<LinkingTimes> {
  const all: LinkingTimes[] = [];
  for (let time = 1; time <= times; time++) all.push(await link(server, `person${time}`));
  return {
    linkedMs: median(all.map(({ linkedMs }) => linkedMs)),
    firstMessageMs: median(all.map(({ firstMessageMs }) => firstMessageMs)),
  };
}

async function link(server: Listener, name: string): Promise<LinkingTimes> {
  return inScope(async (scope) => {
    const friend = await enterChat(scope, { server, name: `friend_of_${name}` });
    const old = await enterChat(scope, { server, name });
    const data = await temporaryFolder(scope);
    const address = `${server.host}:${server.port}`;
    const program = await startProgram(scope, {
      args: ['link', '--server', address, '--data', data],
    });
    const [, code = ''] = await program.shows('stdout', codeLine);
    const began = performance.now();
    old.type(`/link ${code}`);
    const [, digits = ''] = await program.shows('stdout', digitsLine);
    old.type(`/link ${digits}`);
    const { code: exit, stderr } = await program.ended;
    if (exit !== 0) throw new Error(`helo link has failed: ${stderr}`);
    const linkedMs = performance.now() - began;
    const chat = await startChat(scope, { server, name, args: ['--data', data] });
    // It waits for the login.
    chat.type('from the new one');
    await friend.prints(`[${name}] from the new one`);
    friend.type('welcome');
    await chat.prints(`[friend_of_${name}] welcome`);
    return { linkedMs, firstMessageMs: performance.now() - began };
  });
}
