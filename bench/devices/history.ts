// The history of one device: what its backup has, what is brought for more messages, and how long it takes to move all of
// it to another device of the account. Both devices are clients in this process.

import { setTimeout as wait } from 'node:timers/promises';
import { linkedFolders, startDevice, type OwnDevice } from '../../test/support/own-devices.ts';
import type { Listener } from '../../test/support/program.ts';
import type { Scope } from '../../test/support/scope.ts';
import { cpuMs } from '../sealed/cpu.ts';
import { groups, me, Past } from './past.ts';

/** How many more messages an increment brings. */
export const more = 100;

const lookEveryMs = 20;

export interface HistoryCost {
  readonly backupBytes: number;
  /** CPU, of the first backup. */
  readonly backupMs: number;
  /** For more messages in one conversation. */
  readonly incrementBytes: number;
  /** For as many, spread over all conversations. */
  readonly spreadBytes: number;
  readonly movedMs: number;
  /** CPU, of both devices. */
  readonly movedCpuMs: number;
}

export async function measureHistory(
  scope: Scope,
  server: Listener,
  messages: number,
): Promise<HistoryCost> {
  const { folders } = await linkedFolders(scope, server, me, 2);
  const [first = '', second = ''] = folders;
  const past = new Past(server, first);
  await past.goesOn(messages / groups.length, groups);
  const start = (folder: string) => startDevice(scope, server, me, folder);

  let old = await start(first);
  const words = await old.client.recovery?.make();
  if (words?.ok !== true) throw new Error('there are no recovery words');
  let backupBytes = 0;
  const backupMs = await cpuMs(async () => {
    backupBytes = await brought(old);
  });
  const increment = async (count: number, among: typeof groups): Promise<number> => {
    await old.quit();
    await past.goesOn(count, among);
    old = await start(first);
    return brought(old);
  };
  const incrementBytes = await increment(more, groups.slice(0, 1));
  const spreadBytes = await increment(more / groups.length, groups);

  const young = await start(second);
  const moved = await move(old, young);
  await hasAll(young, past);
  return { backupBytes, backupMs, incrementBytes, spreadBytes, ...moved };
}

/** Makes a backup. Returns the bytes that it has brought to the server. */
async function brought({ client }: OwnDevice): Promise<number> {
  const done = await client.vault?.turnOn();
  if (done?.ok !== true) throw new Error(`no backup: ${done?.error ?? 'there is no vault'}`);
  return done.value.brought;
}

async function move(
  old: OwnDevice,
  young: OwnDevice,
): Promise<Pick<HistoryCost, 'movedMs' | 'movedCpuMs'>> {
  const transfer = old.client.historyTransfer;
  if (transfer === undefined) throw new Error('a history cannot be given');
  // The other device has to be in the room of the account first.
  while (!((await old.client.own?.devices()) ?? []).length) await wait(lookEveryMs);
  const began = performance.now();
  const movedCpuMs = await cpuMs(async () => {
    const given = await transfer.give();
    if (given !== 'begun') throw new Error(`nothing is given: ${given}`);
    while (!isOver(old, 'given') || !isOver(young, 'taken')) await wait(lookEveryMs);
  });
  return { movedMs: performance.now() - began, movedCpuMs };
}

function isOver({ events }: OwnDevice, role: 'given' | 'taken'): boolean {
  const ends = events.flatMap((event) =>
    event.type === 'history-moved' && event.role === role && typeof event.state === 'string'
      ? [event.state]
      : [],
  );
  const [end] = ends;
  if (end !== undefined && end !== 'all') throw new Error(`the history is not ${role}: ${end}`);
  return end === 'all';
}

/** Each message once. */
async function hasAll({ client }: OwnDevice, past: Past): Promise<void> {
  for (const group of groups) {
    const count = past.countIn(group);
    const rows = await client.historyRange(group, { kind: 'first' }, count + 10);
    if (rows.length !== count || rows.some(({ seq }, at) => seq !== at + 1)) {
      throw new Error(`${rows.length} of ${count} messages have come, or others`);
    }
  }
}
