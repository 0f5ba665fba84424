// What sealed groups cost a client, in CPU time of this process: the group engine of the real client, with a server in
// memory. The server that the bench has started is not asked.

import { settle } from '../../test/support/turn-queue.ts';
import type { Scenario } from '../scenario.ts';
import { verificationMs } from '../sealed/cpu.ts';
import { measureMembership } from '../sealed/membership.ts';
import { gather } from '../sealed/party.ts';
import { measureTexts } from '../sealed/texts.ts';
import type { Measured, Stage } from '../stage.ts';

const many = 100;
const few = 20;
const committers = 500;
/** From a commit that is begun to the server, for those who all want to commit at once. */
const delayMs = 50;

const ms = { unit: 'ms', better: 'less' } as const;
const bytes = { unit: 'bytes', better: 'less' } as const;

const scenario: Scenario = {
  name: 'sealed-client',
  title: 'Sealed groups, the client',
  order: 80,
  figures: [
    { key: 'enterMs', title: `entering a group of ${many}, CPU`, ...ms },
    { key: 'enterLaterMs', title: 'the same, 16 commits behind the tree', ...ms },
    { key: 'enterBytes', title: 'bytes up', ...bytes },
    { key: 'kickMs', title: `kicking one of ${many}, CPU`, ...ms },
    {
      key: 'sealedPerCpuSecond',
      title: `texts sealed in a group of ${few}`,
      unit: 'per CPU second',
      better: 'more',
    },
    { key: 'receiveMs', title: 'receiving a text, CPU', ...ms },
    { key: 'receiveBytes', title: 'bytes of state written for it', ...bytes },
    { key: 'settleMs', title: `${committers} commit at once, virtual time`, ...ms },
    { key: 'verifyMs', title: 'for comparison: one Ed25519 verification, CPU', ...ms },
  ],
  long: true,
  connections: () => 0,
  limitSeconds: () => 300,
  unfit: ({ name }) => (name === 'helo' ? undefined : 'knows nothing of sealed groups'),
  run,
};
export default scenario;

async function run({ short }: Stage): Promise<Measured> {
  const verifyMs = await verificationMs();
  const texts = await measureTexts(await gather(few), short ? 3 : 9, 500);
  const membership = await measureMembership(await gather(many), short ? 3 : 9);
  return { ...texts, ...membership, settleMs: settle(committers, delayMs).ms, verifyMs };
}
