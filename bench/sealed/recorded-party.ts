// A sealed group on a real server: its commits are made in this process (party.ts) and then sent by connections that are
// logged in with the devices of its members.

import { signWithDevice } from '../../src/e2ee/device-signature.ts';
import type { MadeCommit } from '../../src/client/encryption/group/writing.ts';
import type { Username } from '../../src/wire/text.ts';
import { GroupServer, lunch, type Said } from '../../test/support/worlds/group-server.ts';
import type { Member } from '../../test/support/worlds/group-world.ts';
import { logIn } from '../load/helo-login.ts';
import { Talk } from '../load/talk.ts';
import { gather } from './party.ts';
import { say } from './texts.ts';

export interface RealParty {
  readonly talks: readonly Talk[];
  /** Further connections of the same devices, which hear what the first ones hear. */
  readonly others: readonly Talk[];
  /** A text that the last one who has entered has sealed. */
  readonly sealed: Said;
}

/** What a party may have more than the least. */
export interface PartySize {
  /** How many connections each has. */
  readonly each?: number;
  /** What the sealed text says. */
  readonly words?: string;
}

/** A group of `size` on the server at `port`, each on a connection. */
export async function gatherAt(
  port: number,
  size: number,
  { each = 1, words }: PartySize = {},
): Promise<RealParty> {
  const server = new RecordingServer();
  const { people } = await gather(size, server);
  const talks: Talk[] = [];
  const others: Talk[] = [];
  for (const [at, who] of people.entries()) {
    const talk = new Talk(port);
    await logInAs(talk, who);
    const commit = server.commits[at];
    for (const link of who.links) await talk.ask('CHAIN', { link });
    await talk.ask('COMMIT', { in: lunch, id: 'c.1', ...commit });
    talks.push(talk);
    for (let more = 1; more < each; more++) {
      const other = new Talk(port);
      await logInAs(other, who);
      others.push(other);
    }
  }
  const last = people.at(-1);
  if (last === undefined) throw new Error('nobody is in the group');
  return { talks, others, sealed: await say(last, 1, words) };
}

/** Keeps what was sent to it. */
class RecordingServer extends GroupServer {
  readonly commits: MadeCommit['fields'][] = [];

  override commit(from: Username, made: MadeCommit, localId: string): number | 'stale' {
    this.commits.push(made.fields);
    return super.commit(from, made, localId);
  }
}

async function logInAs(talk: Talk, who: Member): Promise<void> {
  await logIn(talk, who.me, {
    device: who.device.publicKey,
    sign: (transcript) => signWithDevice(who.suite, who.device, transcript),
    can: ['sealed'],
  });
}
