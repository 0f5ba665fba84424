// What it costs a client to enter a large sealed group, and to put somebody out of it.

import type { MadeCommit } from '../../src/client/encryption/group/writing.ts';
import { lunch } from '../../test/support/worlds/group-server.ts';
import { Member } from '../../test/support/worlds/group-world.ts';
import { cpuMs, medianOf } from './cpu.ts';
import { undone, type Party } from './party.ts';

/** How many MLS commits behind its tree a group is on average: the server asks for a tree every 32. */
const usualCommits = 16;

export interface MembershipCost {
  readonly enterMs: number;
  readonly enterLaterMs: number;
  readonly enterBytes: number;
  readonly kickMs: number;
}

/** Measures with the group of `party`, whose tree the server has as it is now. */
export async function measureMembership(
  party: Party,
  times: number,
  commitsBehind = usualCommits,
): Promise<MembershipCost> {
  const [founder] = party.people;
  const [tree] = party.server.trees;
  if (founder === undefined || tree === undefined) throw new Error('nobody is in the group');
  const { ms: enterMs, bytes: enterBytes } = await entry(party, times);
  const kickMs = await kick(party, founder, times);
  const enterLaterMs = await undone(party.server, async () => {
    for (let commits = 0; commits < commitsBehind; commits++) await visit(party, commits);
    return (await entry(party, times, tree)).ms;
  });
  return { enterMs, enterLaterMs, enterBytes, kickMs };
}

/** Somebody enters who says nothing. */
async function visit({ server, groupId }: Party, number: number): Promise<void> {
  const who = await Member.create(`visitor${number}`, server);
  await who.describe(groupId);
  who.cursor = server.last;
  await who.enter();
}

/** From the answers of the server, decoded, to the line with the commit. */
async function entry(
  { server, groupId }: Party,
  times: number,
  tree = server.trees[0],
): Promise<{ readonly ms: number; readonly bytes: number }> {
  let bytes = 0;
  const ms = await medianOf(times, async () => {
    const who = await Member.create('newcomer', server);
    await who.describe(groupId);
    const material = server.material(tree);
    return cpuMs(async () => {
      const localId = '0'.repeat(32);
      const made = await who.engine.enter(lunch, material, localId);
      if (!made.ok) throw new Error(`cannot enter: ${JSON.stringify(made.error)}`);
      who.keep(made.value.changes);
      bytes = lineOf(made.value).length;
    });
  });
  return { ms, bytes };
}

function lineOf({ fields }: MadeCommit): string {
  const head = { label: '9', in: lunch, id: `${'s'.repeat(22)}.1` };
  return `COMMIT ${JSON.stringify({ ...head, ...fields })}\n`;
}

/** The record and the commit, and adopting it once its line comes back. Each time somebody else of the same group. */
async function kick({ server, people }: Party, founder: Member, times: number): Promise<number> {
  // The founder has read nothing of the others: a new entry is quicker than following all of theirs.
  founder.keep(await founder.engine.restoredFromCopy());
  founder.cursor = server.last;
  await founder.enter();
  let at = 0;
  return medianOf(times, async () => {
    at += 1;
    const gone = people[Math.floor((at * people.length) / (times + 1))];
    const admin = founder.copied();
    await admin.engine.view(lunch);
    return undone(server, () =>
      cpuMs(async () => {
        if (gone === undefined || !(await admin.kick(gone))) throw new Error('nobody was kicked');
      }),
    );
  });
}
