// helo's goals, and whether it reaches them. A goal is a row of data.

import type { Results } from '../results.ts';
import { markdownTable, own } from './table.ts';
import { figure, ratio, type FigureId } from './statistics.ts';
import { writeRatio } from './write-number.ts';

type Measure =
  /** helo's own figure, or that of it as another peer. */
  | { readonly kind: 'value'; readonly of?: string }
  /** The same divided by a peer's. */
  | { readonly kind: 'ratio'; readonly to: string; readonly of?: string }
  /** helo's figure divided by the lowest among the peers. */
  | { readonly kind: 'ratio to the lowest' };

/** Without a bound it is only told. */
interface Goal {
  readonly title: string;
  readonly figure: FigureId;
  readonly measure: Measure;
  readonly atLeast?: number;
  readonly atMost?: number;
}

const fanOut1000At16 = { scenario: 'fan-out-1000-16', key: 'perCpuSecond' };
const fanOut100At16 = { scenario: 'fan-out-100-16', key: 'perCpuSecond' };
const latency100At16 = { scenario: 'fan-out-100-16', key: 'p99' };
const handshakes = (key: string) => ({ scenario: 'tls-handshakes', key });
const fanOut1000 = { scenario: 'fan-out-1000', key: 'perCpuSecond' };
const fanOut100 = { scenario: 'fan-out-100', key: 'perCpuSecond' };
const privately = { scenario: 'private-1000', key: 'perCpuSecond' };
const archive = (key: string) => ({ scenario: 'archive', key });
const devices = (key: string) => ({ scenario: 'devices', key });
const sealedClient = (key: string) => ({ scenario: 'sealed-client', key });
const to = (peer: string): Measure => ({ kind: 'ratio', to: peer });
/** helo that keeps no messages, beside a peer. */
const offTo = (peer: string): Measure => ({ kind: 'ratio', of: 'helo-live', to: peer });
const value: Measure = { kind: 'value' };
const overTls: Measure = { kind: 'value', of: 'helo-tls' };
const overTlsTo = (peer: string): Measure => ({ kind: 'ratio', of: 'helo-tls', to: peer });
const toLowest: Measure = { kind: 'ratio to the lowest' };

/** The most that a server may hold for one connection that does not read, in bytes; see docs/OPERATIONS.md. */
const documentedCapBytes = 8 * 1024 * 1024;
/** How much a server's memory varies by itself at full speed, in bytes. */
const restlessBytes = 8 * 1024 * 1024;

const goals: readonly Goal[] = [
  { title: 'fan-out to 1,000, × redis', figure: fanOut1000, measure: to('redis'), atLeast: 8 },
  { title: 'fan-out to 1,000, × ngIRCd', figure: fanOut1000, measure: to('ngircd'), atLeast: 8 },
  {
    title: 'fan-out to 1,000, × socket.io',
    figure: fanOut1000,
    measure: to('socketio'),
    atLeast: 100,
  },
  {
    // At least 0.7 of it over WebSockets.
    title: 'fan-out to 1,000 over TCP, × over WebSockets',
    figure: fanOut1000,
    measure: to('helo-web'),
    atMost: 1.43,
  },
  { title: 'fan-out to 1,000, × ws', figure: fanOut1000, measure: to('ws'), atLeast: 40 },
  { title: 'fan-out to 100, × redis', figure: fanOut100, measure: to('redis'), atLeast: 2 },
  {
    title: 'fan-out to 1,000 with messages kept, × with history off',
    figure: fanOut1000,
    measure: to('helo-live'),
    atLeast: 0.8,
  },
  {
    title: 'fan-out to 100 with messages kept, × with history off',
    figure: fanOut100,
    measure: to('helo-live'),
    atLeast: 0.8,
  },
  {
    title: 'fan-out to 1,000, 16 under way, × redis',
    figure: fanOut1000At16,
    measure: to('redis'),
    atLeast: 3,
  },
  {
    title: 'fan-out to 1,000, 16 under way, history off, × C',
    figure: fanOut1000At16,
    measure: offTo('epoll'),
    atLeast: 0.85,
  },
  {
    title: 'fan-out to 100, 16 under way, × redis',
    figure: fanOut100At16,
    measure: to('redis'),
    atLeast: 1.5,
  },
  {
    title: 'fan-out to 100, 16 under way, × with history off',
    figure: fanOut100At16,
    measure: to('helo-live'),
    atLeast: 0.75,
  },
  {
    title: 'fan-out to 100, 16 under way, history off, × C',
    figure: fanOut100At16,
    measure: offTo('epoll'),
    atLeast: 0.6,
  },
  {
    title: 'its p99 with messages kept, × redis',
    figure: latency100At16,
    measure: to('redis'),
    atMost: 2,
  },
  {
    title: 'its p99 with history off, × redis',
    figure: latency100At16,
    measure: offTo('redis'),
    atMost: 1,
  },
  {
    title: 'kept messages per second',
    figure: archive('perSecond'),
    measure: value,
    atLeast: 150_000,
  },
  {
    title: 'milliseconds until a lone message is kept, p50',
    figure: archive('aloneP50'),
    measure: value,
    atMost: 0.4,
  },
  { title: 'private messages, × redis', figure: privately, measure: to('redis'), atLeast: 1.15 },
  { title: 'private messages, × C', figure: privately, measure: to('epoll'), atLeast: 0.75 },
  {
    title: '50 messages a second, p50, × the best peer',
    figure: { scenario: 'load-50', key: 'p50' },
    measure: toLowest,
    atMost: 1.2,
  },
  {
    title: '50 messages a second, p99, × the best peer',
    figure: { scenario: 'load-50', key: 'p99' },
    measure: toLowest,
    atMost: 1.2,
  },
  {
    title: 'logins per CPU second',
    figure: { scenario: 'crowd', key: 'loginsPerCpuSecond' },
    measure: value,
    atLeast: 10_000,
  },
  {
    title: 'bytes per idle connection',
    figure: { scenario: 'crowd', key: 'bytesMany' },
    measure: value,
    atMost: 5500,
  },
  {
    title: 'bytes per idle connection over TLS, × nginx',
    figure: { scenario: 'crowd-tls', key: 'bytesMany' },
    measure: overTlsTo('nginx'),
  },
  {
    title: 'bare TLS handshakes per CPU second, × openssl s_server',
    figure: handshakes('bare'),
    measure: overTlsTo('openssl'),
  },
  {
    title: 'TLS handshakes with logins per CPU second, × nginx with a request',
    figure: handshakes('logins'),
    measure: overTlsTo('nginx'),
  },
  {
    title: "the others' p99 in a storm of TLS handshakes, × before",
    figure: { scenario: 'tls-storm', key: 'p99Ratio' },
    measure: overTls,
    atMost: 2,
  },
  {
    title: "the others' p99 with a stopped reader, × before",
    figure: { scenario: 'stopped-reader', key: 'p99Ratio' },
    measure: value,
    atMost: 1.2,
  },
  {
    title: 'bytes that memory grew by for a stopped reader',
    figure: { scenario: 'stopped-reader', key: 'grown' },
    measure: value,
    atMost: documentedCapBytes + restlessBytes,
  },
  {
    title: 'CPU milliseconds to enter a sealed group of 100',
    figure: sealedClient('enterMs'),
    measure: value,
    atMost: 150,
  },
  {
    title: 'bytes up to enter it',
    figure: sealedClient('enterBytes'),
    measure: value,
    atMost: 12_000,
  },
  {
    title: 'CPU milliseconds to kick one of 100',
    figure: sealedClient('kickMs'),
    measure: value,
    atMost: 200,
  },
  {
    title: 'texts sealed per CPU second in a group of 20',
    figure: sealedClient('sealedPerCpuSecond'),
    measure: value,
    atLeast: 4000,
  },
  {
    title: 'CPU milliseconds to receive a sealed text',
    figure: sealedClient('receiveMs'),
    measure: value,
    atMost: 0.3,
  },
  {
    title: 'bytes of state written for it',
    figure: sealedClient('receiveBytes'),
    measure: value,
    atMost: 200,
  },
  {
    title: 'virtual milliseconds until 500 have committed who begin at once',
    figure: sealedClient('settleMs'),
    measure: value,
    atMost: 60_000,
  },
  {
    title: 'CPU milliseconds to open 10,000 missed messages of a sealed group',
    figure: { scenario: 'sealed-missed', key: 'openMs' },
    measure: value,
    atMost: 4000,
  },
  {
    title: 'messages to a sealed group per CPU second of the server, × an open one',
    figure: { scenario: 'sealed-send', key: 'ratio' },
    measure: value,
    atLeast: 0.9,
  },
  {
    title: 'the same with 400 bytes to 1,000, × an open one',
    figure: { scenario: 'sealed-1000', key: 'ratio' },
    measure: value,
    atLeast: 0.9,
  },
  {
    title: 'milliseconds from the code of a new device to the first message on it',
    figure: devices('firstMessageMs'),
    measure: value,
    atMost: 5000,
  },
  {
    title: 'milliseconds to move 100,000 messages to it',
    figure: devices('movedMs'),
    measure: value,
    atMost: 60_000,
  },
  {
    title: 'bytes of a backup of them',
    figure: devices('backupBytes'),
    measure: value,
    atMost: 60_000_000,
  },
  {
    title: 'CPU to seal for somebody with 5 devices, × with one',
    figure: devices('sealRatio'),
    measure: value,
    atMost: 1.1,
  },
];

/** A table of the goals of the scenarios that ran, and of lost runs. */
export function goalTable(results: Results): string {
  const rows = goals.flatMap((goal) => {
    const got = measure(results, goal);
    if (got === undefined) return [];
    const { atLeast = -Infinity, atMost = Infinity } = goal;
    const isMeasuredOnly = goal.atLeast === undefined && goal.atMost === undefined;
    if (isMeasuredOnly) return [[goal.title, 'measured', write(got), '']];
    const bound =
      goal.atLeast === undefined ? `at most ${write(atMost)}` : `at least ${write(atLeast)}`;
    return [[goal.title, bound, write(got), got >= atLeast && got <= atMost ? 'yes' : '**no**']];
  });
  const failed = results.runs.filter(({ outcome }) => 'failed' in outcome);
  const ownFailed = failed.filter(({ peer }) => peer.startsWith(own)).length;
  rows.push([
    'runs with something lost, doubled or out of order',
    'none',
    String(ownFailed),
    ownFailed === 0 ? 'yes' : '**no**',
  ]);
  return markdownTable([['goal', 'to reach', own, 'reached'], ...rows]);
}

function measure(results: Results, goal: Goal): number | undefined {
  const { measure: how } = goal;
  const of = how.kind === 'ratio to the lowest' ? own : (how.of ?? own);
  const mine = figure(results, goal.figure, of);
  if (mine === undefined || how.kind === 'value') return mine;
  if (how.kind === 'ratio') return ratio(results, goal.figure, of, how.to);
  const ratios = results.peers
    .filter(({ name }) => name !== own)
    .map(({ name }) => ratio(results, goal.figure, own, name))
    .filter((each) => each !== undefined);
  return ratios.length === 0 ? undefined : Math.max(...ratios);
}

function write(number: number): string {
  return number >= 1000 ? Math.round(number).toLocaleString('en') : writeRatio(number);
}
