// Several devices of one person: linking a new one with the real programs, moving a history to it, the backup of a history,
// and what it costs to say something to somebody who has several.

import { measureHistory, more } from '../devices/history.ts';
import { measureLinking } from '../devices/linking.ts';
import { measureSealing } from '../devices/sealing.ts';
import type { Scenario } from '../scenario.ts';
import { inScope } from '../scope.ts';
import type { Measured, Stage } from '../stage.ts';

const messages = 100_000;
const fewMessages = 5_000;

const ms = { unit: 'ms', better: 'less' } as const;
const bytes = { unit: 'bytes', better: 'less' } as const;

const scenario: Scenario = {
  name: 'devices',
  title: `Several devices, and a history of ${messages.toLocaleString('en')} messages`,
  order: 83,
  figures: [
    { key: 'linkedMs', title: 'from a code to the new device', ...ms },
    { key: 'firstMessageMs', title: 'to the first message there', ...ms },
    { key: 'movedMs', title: 'moving the history', ...ms },
    { key: 'movedCpuMs', title: 'the same, CPU of both devices', ...ms },
    { key: 'backupBytes', title: 'a backup of it', ...bytes },
    { key: 'backupMs', title: 'making it, CPU', ...ms },
    { key: 'incrementBytes', title: `${more} more in one conversation`, ...bytes },
    { key: 'spreadBytes', title: `${more} more in ten`, ...bytes },
    { key: 'sealFewMs', title: 'sealing for one device, CPU', ...ms },
    { key: 'sealManyMs', title: 'for five', ...ms },
    { key: 'sealRatio', title: 'five / one', unit: 'times', better: 'less' },
  ],
  long: true,
  connections: () => 10,
  limitSeconds: () => 900,
  unfit: ({ name }) => (name === 'helo' ? undefined : 'knows nothing of devices'),
  run,
};
export default scenario;

async function run({ port, short }: Stage): Promise<Measured> {
  const server = { host: '127.0.0.1', port };
  const linking = await measureLinking(server, short ? 1 : 5);
  const sealing = await measureSealing(short ? 50 : 200, 10);
  const count = short ? fewMessages : messages;
  const history = await inScope((scope) => measureHistory(scope, server, count));
  return { ...linking, ...sealing, ...history };
}
