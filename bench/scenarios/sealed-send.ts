// Messages to a sealed group and to an open one of the same people, in turn, with lines of the same length: what the
// server spends on each.

import { encodeBase64url } from '../../src/lib/base64url.ts';
import { Histogram } from '../load/histogram.ts';
import { timedFor } from '../load/stopwatch.ts';
import type { Talk } from '../load/talk.ts';
import { Writer } from '../load/writer.ts';
import { median } from '../report/statistics.ts';
import type { Scenario } from '../scenario.ts';
import { gatherAt, type RealParty } from '../sealed/recorded-party.ts';
import type { Measured, Stage } from '../stage.ts';

const people = 8;
/** Messages of each person in flight. */
const window = 256;

const perCpu = { unit: 'per CPU second', better: 'more' } as const;

const scenario: Scenario = {
  name: 'sealed-send',
  title: `Messages to a sealed group of ${people}, beside an open one`,
  order: 81,
  figures: [
    { key: 'sealed', title: 'sealed', ...perCpu },
    { key: 'open', title: 'open', ...perCpu },
    { key: 'ratio', title: 'sealed / open', unit: 'times', better: 'more' },
  ],
  needs: 'archive',
  connections: () => people,
  limitSeconds: () => 120,
  unfit: ({ name }) => (name === 'helo' ? undefined : 'knows nothing of sealed groups'),
  run,
};
export default scenario;

type Kind = 'sealed' | 'open';

async function run(stage: Stage): Promise<Measured> {
  const party = await gatherAt(stage.port, people);
  for (const [at, talk] of party.talks.entries()) {
    talk.send(at === 0 ? 'CREATE_GROUP /create_group open\n' : 'JOIN_GROUP /join open\n');
    await talk.until(/^\+SUCCESS .*\n/m);
  }
  const rates = { sealed: [] as number[], open: [] as number[] };
  const ratios: number[] = [];
  const rounds = stage.short ? 2 : 6;
  for (let round = 0; round <= rounds; round++) {
    const kinds: readonly Kind[] = round % 2 === 0 ? ['sealed', 'open'] : ['open', 'sealed'];
    const rate = new Map<Kind, number>();
    for (const kind of kinds) rate.set(kind, await write(stage, party, kind, round));
    const [sealed = 0, open = 1] = [rate.get('sealed'), rate.get('open')];
    // The first round warms up.
    if (round === 0) continue;
    rates.sealed.push(sealed);
    rates.open.push(open);
    ratios.push(sealed / open);
  }
  return { sealed: median(rates.sealed), open: median(rates.open), ratio: median(ratios) };
}

/** Everybody writes. Returns the messages per CPU second of the server. */
async function write(
  { pid, short, fail }: Stage,
  { talks, sealed }: RealParty,
  kind: Kind,
  round: number,
): Promise<number> {
  const writers = talks.map((talk: Talk, at) => {
    const name = `${kind}${round}`;
    const form = { join: async () => {}, write: lineOf(sealed, kind), kept: () => /^SENT .*\n/gm };
    const closed = (reason: Error) => fail(new Error(`person ${at}: ${reason.message}`));
    return new Writer(talk, form, { name, payload: '', window }, new Histogram(), closed);
  });
  for (const writer of writers) writer.start();
  const total = () => writers.reduce((sum, { confirmed }) => sum + confirmed, 0);
  const before = total();
  const lap = await timedFor(pid, short ? 0.7 : 1.5);
  const kept = total() - before;
  await Promise.all(writers.map((writer) => writer.stop()));
  return kept / lap.serverCpuSeconds;
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
