import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format } from 'prettier';
import type { Results, Run } from '../results.ts';
import { withResults } from './document.ts';
import { tableOf } from './figures.ts';
import { goalTable } from './goals.ts';
import { hotFunctions } from './hot-functions.ts';
import { plot } from './plot.ts';
import { resultTables } from './table.ts';
import { writeFigure } from './write-number.ts';

function results(helo: number, redis: number, more: readonly Run[] = []): Results {
  const run = (peer: string, perCpuSecond: number): Run => ({
    round: 1,
    scenario: 'fan-out-1000',
    peer,
    outcome: { measured: { perCpuSecond }, others: 0.02 },
  });
  const facts = (name: string, version?: string) => ({
    name,
    title: name,
    version,
    install: `apt-get install ${name}`,
  });
  return {
    command: 'npm run bench',
    machine: { cpus: 2, memoryGiB: 4, system: 'Linux', node: 'v20', pinning: 'pinned' },
    short: false,
    rounds: 1,
    peers: [facts('helo', '1.0'), facts('redis', '7.0'), facts('nats')],
    scenarios: [
      {
        name: 'fan-out-1000',
        title: 'Fan-out <saturated>',
        figures: [
          { key: 'perCpuSecond', title: 'rate', unit: 'per CPU second', better: 'more' },
          { key: 'share', title: 'hidden', unit: 'share', better: 'less', aside: true },
        ],
      },
    ],
    runs: [run('helo', helo), run('redis', redis), ...more],
  };
}

test('a table has each server, the ratio to helo, and says what is not installed', () => {
  const lines = resultTables(results(20e6, 5e6)).split('\n');
  assert.deepEqual(lines.slice(2), [
    '| server    | rate                                  |',
    '| --------- | ------------------------------------- |',
    '| helo 1.0  | 20.0 M                                |',
    '| redis 7.0 | 5.00 M (4.00)                         |',
    '| nats      | not installed: `apt-get install nats` |',
  ]);
});

test('a failed run stands in the table instead of a figure, and among the goals', () => {
  const failed: Run = {
    round: 2,
    scenario: 'fan-out-1000',
    peer: 'helo',
    outcome: { failed: 'listener 5: lost' },
  };
  const table = results(20e6, 5e6, [failed]);
  assert.match(resultTables(table), /\| helo 1.0 +\| FAILED in round 2: listener 5: lost/);
  assert.match(goalTable(table), /out of order +\| none +\| 1 +\| \*\*no\*\*/);
});

test('a goal is reached at its bound and not below', () => {
  assert.match(goalTable(results(40e6, 5e6)), /× redis +\| at least 8.00 +\| 8.00 +\| yes/);
  assert.match(goalTable(results(39e6, 5e6)), /× redis +\| at least 8.00 +\| 7.80 +\| \*\*no\*\*/);
});

test('the plot prints the values and escapes the titles', () => {
  const svg = plot(results(20e6, 5e6));
  assert.match(svg, />20.0 M</);
  assert.match(svg, />5.00 M</);
  assert.match(svg, /Fan-out &lt;saturated&gt;/);
  assert.doesNotMatch(svg, /hidden|NaN|Infinity/);
});

test('figures are written with three digits and their scale', () => {
  assert.equal(writeFigure(3_680_714, 'per second'), '3.68 M');
  assert.equal(writeFigure(999_600, 'per second'), '1.00 M');
  assert.equal(writeFigure(71_999, 'per second'), '72.0 k');
  assert.equal(writeFigure(8695.6, 'per CPU second'), '8,696');
  assert.equal(writeFigure(3.2, 'ms'), '3.20 ms');
  assert.equal(writeFigure(5511.2, 'bytes'), '5,511');
  assert.equal(writeFigure(50_400_000, 'bytes'), '50.4 MB');
});

test('results replace what stands between the marks, and nothing else', () => {
  const text =
    'before\n<!-- results: written by the bench, not by hand -->\nold\n<!-- end of results -->\nafter\n';
  const once = withResults(text, 'new');
  assert.ok(once.ok);
  assert.match(once.value, /^before\n<!-- .*\n\nnew\n\n<!-- end of results -->\nafter\n$/);
  assert.deepEqual(withResults(once.value, 'new'), once);
  assert.equal(withResults('nothing here', 'new').ok, false);
});

test('a table with goals is laid out as every document is', async () => {
  const table = tableOf([
    { what: 'short', value: 1234, unit: 'ms', goal: 2000 },
    { what: 'what has more words than that', value: 3.25, unit: 'MB' },
    { what: 'sealed', value: 12, unit: 'a second', atLeast: 20 },
  ]);
  assert.equal(await format(table, { parser: 'markdown' }), `${table}\n`);
  assert.match(table, /1,234 ms \| at most 2000 ms: reached/);
  assert.match(table, /12 a second \| at least 20 a second: MISSED/);
});

test('a profile is told by its own time, without the idle time', () => {
  const frame = (functionName: string, url = '', lineNumber = 0) => ({
    functionName,
    url,
    lineNumber,
  });
  const json = JSON.stringify({
    nodes: [
      { id: 1, callFrame: frame('(idle)') },
      { id: 2, callFrame: frame('flush', 'file:///a/b/delivery.js', 9) },
      { id: 3, callFrame: frame('writev') },
    ],
    samples: [1, 2, 3, 3, 2, 3],
    timeDeltas: [100, 1, 1, 1, 1, 4],
  });
  assert.deepEqual(hotFunctions(json, 5), [' 75.0 %  writev', ' 25.0 %  flush  b/delivery.js:10']);
});
