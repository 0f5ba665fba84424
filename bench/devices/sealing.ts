// What sealing a private text costs where the other person has several devices: the group engine of the real client, with
// a server in memory. The room of the two is sealed for all devices at once.

import { formatHex } from '../../src/lib/bytes.ts';
import type { ConversationName } from '../../src/wire/extended/names.ts';
import { GroupServer } from '../../test/support/worlds/group-server.ts';
import { Member } from '../../test/support/worlds/group-world.ts';
import { median } from '../report/statistics.ts';
import { cpuMs } from '../sealed/cpu.ts';
import { say } from '../sealed/texts.ts';

const few = 1;
const many = 5;

export interface SealingCost {
  /** CPU, for each text. */
  readonly sealFewMs: number;
  readonly sealManyMs: number;
  /** The second divided by the first. */
  readonly sealRatio: number;
}

/**
 * `rounds` of `count` texts to a person with one device and to one with five, in turn: few texts in many rounds, so that
 * both meet the same machine. `warmUp` rounds come before.
 */
export async function measureSealing(
  rounds: number,
  count: number,
  warmUp = rounds,
): Promise<SealingCost> {
  const [one, five] = [await speakerTo(few), await speakerTo(many)];
  const times = { few: [] as number[], many: [] as number[] };
  for (let round = -warmUp; round < rounds; round++) {
    const measured = { few: 0, many: 0 };
    const both = [
      ['few', one],
      ['many', five],
    ] as const;
    for (const [kind, speaker] of round % 2 === 0 ? both : both.toReversed()) {
      const first = 1 + (round + warmUp) * count;
      measured[kind] = await cpuMs(async () => {
        for (let at = 0; at < count; at++) await say(speaker, first + at);
      });
    }
    if (round < 0) continue;
    times.few.push(measured.few / count);
    times.many.push(measured.many / count);
  }
  const [sealFewMs, sealManyMs] = [median(times.few), median(times.many)];
  return { sealFewMs, sealManyMs, sealRatio: sealManyMs / sealFewMs };
}

/** Alice, in the room with all of bob's `count` devices, which read what she says. */
async function speakerTo(count: number): Promise<Member> {
  const server = new GroupServer('@alice+bob' as ConversationName);
  const [alice, bob] = [await Member.create('alice', server), await Member.create('bob', server)];
  await alice.trusts.of('bob').judge(bob.device.publicKey);
  await alice.found('invite', [bob.account]);
  const roster = await alice.engine.roster(server.conversation);
  if (roster === undefined) throw new Error('the room is not founded');
  const devices = [bob];
  while (devices.length < count) devices.push(await bob.sibling());
  for (const device of devices) {
    await device.knows(bob);
    await device.describe(formatHex(roster.groupId));
    await device.settle();
    for (const other of [alice, ...devices.slice(0, devices.indexOf(device))]) await other.settle();
  }
  const refusal = await alice.say('to all of you');
  for (const device of devices) {
    await device.readUpTo();
    if (!device.texts.includes('alice: to all of you')) {
      throw new Error(`a device of bob has not read it: ${refusal ?? device.unread.join()}`);
    }
  }
  return alice;
}
