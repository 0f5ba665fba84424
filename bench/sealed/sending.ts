// What the server spends on messages to a sealed group and to an open one of the same people, in turn, with lines of
// the same length. Every connection that hears must hear all lines.

import { setTimeout as wait } from 'node:timers/promises';
import { encodeBase64url } from '../../src/lib/base64url.ts';
import { Histogram } from '../load/histogram.ts';
import { timedFor } from '../load/stopwatch.ts';
import type { Talk } from '../load/talk.ts';
import { Writer } from '../load/writer.ts';
import { median } from '../report/statistics.ts';
import type { Figure } from '../scenario.ts';
import type { Measured, Stage } from '../stage.ts';
import { gatherAt, type RealParty } from './recorded-party.ts';

const perCpu = { unit: 'per CPU second', better: 'more' } as const;

export const sendingFigures: readonly Figure[] = [
  { key: 'sealed', title: 'sealed', ...perCpu },
  { key: 'open', title: 'open', ...perCpu },
  { key: 'ratio', title: 'sealed / open', unit: 'times', better: 'more' },
];

export interface Sending {
  /** How many accounts are in the groups. */
  readonly people: number;
  /** How many connections each has; the first one writes. */
  readonly each: number;
  /** Messages of each writer in flight. */
  readonly window: number;
  /** How many of the people write. */
  readonly writers: number;
  /** What the sealed text says. Undefined for a usual one. */
  readonly words?: string;
}

type Kind = 'sealed' | 'open';

/** Counts lines of one connection that only hears. */
class Hearer {
  lines = 0;

  constructor(talk: Talk, fail: (error: Error) => void) {
    talk.client.readTo((bytes, end) => {
      for (let at = bytes.indexOf(10); at >= 0 && at < end; at = bytes.indexOf(10, at + 1)) {
        this.lines++;
      }
    }, fail);
  }
}

/** Runs it. */
export async function measureSending(stage: Stage, sending: Sending): Promise<Measured> {
  const { people, each, words } = sending;
  const party = await gatherAt(stage.port, people, { each, ...(words !== undefined && { words }) });
  for (const [at, talk] of party.talks.entries()) {
    talk.send(at === 0 ? 'CREATE_GROUP /create_group open\n' : 'JOIN_GROUP /join open\n');
    await talk.until(/^\+SUCCESS .*\n/m);
  }
  const hearers = await listening(party, stage.fail);
  const rates = { sealed: [] as number[], open: [] as number[] };
  const ratios: number[] = [];
  const rounds = stage.short ? 2 : 6;
  for (let round = 0; round <= rounds; round++) {
    const kinds: readonly Kind[] = round % 2 === 0 ? ['sealed', 'open'] : ['open', 'sealed'];
    const rate = new Map<Kind, number>();
    for (const kind of kinds) {
      rate.set(kind, await write(stage, party, sending, hearers, kind, round));
    }
    const [sealed = 0, open = 1] = [rate.get('sealed'), rate.get('open')];
    // The first round warms up.
    if (round === 0) continue;
    rates.sealed.push(sealed);
    rates.open.push(open);
    ratios.push(sealed / open);
  }
  return { sealed: median(rates.sealed), open: median(rates.open), ratio: median(ratios) };
}

/** Those who only hear, when everything that was said before has come to them. */
async function listening(
  { others }: RealParty,
  fail: (error: Error) => void,
): Promise<readonly Hearer[]> {
  for (const talk of others) talk.send('DEVICES {"label":"settled"}\n');
  await Promise.all(others.map((talk) => talk.until(/^DEVICES \{.*"label":"settled".*\n/m)));
  return others.map(
    (talk, at) => new Hearer(talk, (reason) => fail(new Error(`hearer ${at}: ${reason.message}`))),
  );
}

/** Everybody who writes does. Returns the messages per CPU second of the server. */
async function write(
  { pid, short, fail }: Stage,
  { talks, sealed }: RealParty,
  sending: Sending,
  hearers: readonly Hearer[],
  kind: Kind,
  round: number,
): Promise<number> {
  const heardBefore = hearers.map(({ lines }) => lines);
  const writers = talks.slice(0, sending.writers).map((talk: Talk, at) => {
    const name = `${kind}${round}`;
    const form = { join: async () => {}, write: lineOf(sealed, kind), kept: () => /^SENT .*\n/gm };
    const closed = (reason: Error) => fail(new Error(`person ${at}: ${reason.message}`));
    const { window } = sending;
    return new Writer(talk, form, { name, payload: '', window }, new Histogram(), closed);
  });
  for (const writer of writers) writer.start();
  const total = () => writers.reduce((sum, { confirmed }) => sum + confirmed, 0);
  const before = total();
  const lap = await timedFor(pid, short ? 0.7 : 1.5);
  const kept = total() - before;
  await Promise.all(writers.map((writer) => writer.stop()));
  await until(() => hearers.every(({ lines }, at) => lines - (heardBefore[at] ?? 0) === total()));
  return kept / lap.serverCpuSeconds;
}

/** How long the last lines may take to all hearers. */
const lostAfterMs = 10_000;

async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + lostAfterMs;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error('a hearer has heard more or fewer lines');
    await wait(5);
  }
}

/** Writes a message of a stream: what somebody has sealed, or a text of as many bytes as make the same line. */
function lineOf(
  { sealed = '', seen, on }: RealParty['sealed'],
  kind: Kind,
): (stream: string, number: number) => string {
  const inside = { sealed, seen, on };
  const bytes = JSON.stringify({ in: '#lunch', ...inside }).length;
  const empty = JSON.stringify({ in: '#open', text: '' }).length;
  const text = encodeBase64url(new Uint8Array(bytes)).slice(0, bytes - empty);
  return (stream, number) => {
    // Names of streams differ by two letters.
    const id = `${stream.padEnd(8, '_')}.${number}`;
    const body = kind === 'sealed' ? { in: '#lunch', id, ...inside } : { in: '#open', id, text };
    return `SEND ${JSON.stringify(body)}\n`;
  };
}
