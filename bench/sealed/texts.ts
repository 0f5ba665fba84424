// What texts in a sealed group cost a client.

import { textContent } from '../../src/client/content.ts';
import type { ClientChange } from '../../src/client/store/store-port.ts';
import { median } from '../report/statistics.ts';
import { lunch, type Said } from '../../test/support/worlds/group-server.ts';
import type { Member } from '../../test/support/worlds/group-world.ts';
import { cpuMs } from './cpu.ts';
import type { Party } from './party.ts';

const text = 'Shall we meet at noon, at the door downstairs? Bring the plans.';

export interface TextCost {
  readonly sealedPerCpuSecond: number;
  readonly receiveMs: number;
  /** Of the group's state, for each text that is received. */
  readonly receiveBytes: number;
}

/** `rounds` of `count` texts by one member, opened by another one. The first round warms up. */
export async function measureTexts(
  { server, people }: Party,
  rounds: number,
  count: number,
): Promise<TextCost> {
  const [listener, speaker] = people.slice(-2);
  if (listener === undefined || speaker === undefined) throw new Error('two are needed');
  await listener.readUpTo();
  const perSecond: number[] = [];
  const receiveMs: number[] = [];
  let bytes = 0;
  let sealedBefore = 0;
  for (let round = 0; round <= rounds; round++) {
    const lines: Said[] = [];
    const sealing = await cpuMs(async () => {
      for (let at = 0; at < count; at++) lines.push(await say(speaker, (sealedBefore += 1)));
    });
    for (const line of lines) server.append(line);
    const arrived = lines.map((line, at) => asRead(line, server.last - count + at + 1));
    bytes = 0;
    const receiving = await cpuMs(async () => {
      for (const line of arrived) bytes += await hear(listener, line);
    });
    if (round === 0) continue;
    perSecond.push((1000 * count) / sealing);
    receiveMs.push(receiving / count);
  }
  return {
    sealedPerCpuSecond: median(perSecond),
    receiveMs: median(receiveMs),
    receiveBytes: bytes / count,
  };
}

/** A line as it comes out of a socket. */
function asRead(line: Said, seq: number): Said {
  return JSON.parse(JSON.stringify({ ...line, seq })) as Said;
}

/** A line with a text of `who`, sealed. */
export async function say(who: Member, number: number, words = text): Promise<Said> {
  const { conversation } = who.server;
  const id = number.toString(16).padStart(32, '0');
  const sealed = await who.engine.seal(conversation, { id, content: textContent(words) });
  if (!sealed.ok) throw new Error(`not sealed: ${JSON.stringify(sealed.error)}`);
  const { message, seen, on, changes } = sealed.value;
  who.keep(changes);
  return { verb: 'MSG', in: conversation, at: number, from: who.me, sealed: message, seen, on };
}

/** Returns how many bytes of the group's state are written for it. */
async function hear(who: Member, line: Said): Promise<number> {
  const { line: read, changes } = await who.engine.read(lunch, line);
  if (read.kind !== 'message') throw new Error(`not read: ${JSON.stringify(read)}`);
  who.keep(changes);
  return changes.reduce((sum, change) => sum + stateBytes(change), 0);
}

function stateBytes(change: ClientChange): number {
  if (change.type !== 'group-part') return 0;
  const { conversation, part, bytes } = change.part;
  return conversation.length + part.length + bytes.length;
}
