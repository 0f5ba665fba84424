// A sealed group of many people in this process: the group engine of the real client for each, and a server in memory
// that orders the log (test/support/worlds/group-world.ts). Whoever has entered reads nothing more, or a group of 100
// would follow 5,000 commits before anything is measured.

import { formatHex } from '../../src/lib/bytes.ts';
import { GroupServer, lunch } from '../../test/support/worlds/group-server.ts';
import { Member } from '../../test/support/worlds/group-world.ts';

export interface Party {
  readonly server: GroupServer;
  /** In the order in which they entered; the first has founded the group. */
  readonly people: readonly Member[];
  readonly groupId: string;
}

/** A group of `size` devices. The server's tree is that behind the last entry. */
export async function gather(size: number, server = new GroupServer()): Promise<Party> {
  const founder = await Member.create('user0', server);
  await founder.found();
  const roster = await founder.engine.roster(lunch);
  if (roster === undefined) throw new Error('the group is not founded');
  const groupId = formatHex(roster.groupId);
  const people = [founder];
  while (people.length < size) {
    const who = await Member.create(`user${people.length}`, server);
    await enter(who, groupId);
    // A fresh tree now and then, as the server asks for one.
    if (people.length % 8 === 0 || people.length === size - 1) await who.leaveTree();
    people.push(who);
  }
  return { server, people, groupId };
}

/** `who` enters, and is where the log is. */
export async function enter(who: Member, groupId: string): Promise<void> {
  const { server } = who;
  await who.describe(groupId);
  const before = server.last;
  // What was said and done before is no part of this group for `who`.
  who.cursor = before;
  if ((await who.enter()) !== true) throw new Error(`${who.me} cannot enter: ${who.entryProblem}`);
}

/** Carries out `act`, and puts the server back to where it was. */
export async function undone<T>(server: GroupServer, act: () => Promise<T>): Promise<T> {
  const { lastCommit, lastOut } = server;
  const [log, items] = [server.log.length, server.items.length];
  const [infos, trees] = [[...server.infos], [...server.trees]];
  try {
    return await act();
  } finally {
    Object.assign(server, { lastCommit, lastOut });
    server.log.splice(log);
    server.items.splice(items);
    server.infos.splice(0, server.infos.length, ...infos);
    server.trees.splice(0, server.trees.length, ...trees);
  }
}
