// The results as Markdown tables whose columns line up: for the terminal and for docs/PERFORMANCE.md alike.

import type { Results, ScenarioFacts } from '../results.ts';
import { figure, median, ratio } from './statistics.ts';
import { writeFigure, writeRatio } from './write-number.ts';

/** The peer with which the others are compared. */
export const own = 'helo';

/** Up to here a machine counts as quiet. */
const quietCpus = 0.1;

/** One table for each scenario. */
export function resultTables(results: Results): string {
  return results.scenarios.map((scenario) => scenarioTable(results, scenario)).join('\n\n');
}

/** How the figures were measured, in one paragraph. */
export function provenance({ command, machine, rounds, runs }: Results): string {
  const { cpus, memoryGiB, system, node, pinning } = machine;
  return (
    `\`${command}\` on a machine with ${cpus} cores and ${memoryGiB} GiB, ${system}, ` +
    `Node ${node}; ${pinning}. Medians of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}. ` +
    `In brackets: ${own} divided by that server, the median of each round's ratio. ` +
    howQuiet(runs)
  );
}

/** What others did on the machine meanwhile: if it was much, the figures are worth little. */
function howQuiet(runs: Results['runs']): string {
  const others = runs.flatMap(({ outcome }) => ('measured' in outcome ? [outcome.others] : []));
  const usual = median(others);
  const used = `Other processes used ${usual.toFixed(2)} CPUs meanwhile, ${Math.max(...others).toFixed(2)} at most.`;
  return usual < quietCpus
    ? used
    : `${used} **The machine was not quiet: these figures are no measure of anything.**`;
}

/** Rows as a Markdown table, laid out as prettier does. The first one is its head. Columns of `right` are numbers. */
export function markdownTable(
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string {
  const [head = []] = rows;
  const widths = head.map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length), 3));
  const cell = (text: string, at: number, width: number) =>
    right.includes(at) ? text.padStart(width) : text.padEnd(width);
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, at) => cell(cells[at] ?? '', at, width)).join(' | ')} |`;
  const dashes = widths.map((width, at) =>
    right.includes(at) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return [line(head), `| ${dashes.join(' | ')} |`, ...rows.slice(1).map(line)].join('\n');
}

function scenarioTable(results: Results, scenario: ScenarioFacts): string {
  const figures = scenario.figures.filter(({ aside }) => aside !== true);
  const head = ['server', ...figures.map(({ title }) => title)];
  const rows = results.peers.map((peer) => [
    peer.version === undefined ? peer.title : `${peer.title} ${peer.version}`,
    ...(excuse(results, scenario.name, peer.name) ??
      figures.map(({ key, unit }) => {
        const id = { scenario: scenario.name, key };
        const value = figure(results, id, peer.name);
        if (value === undefined) return '–';
        const times = peer.name === own ? undefined : ratio(results, id, own, peer.name);
        const written = writeFigure(value, unit);
        return times === undefined ? written : `${written} (${writeRatio(times)})`;
      })),
  ]);
  return `### ${scenario.title}\n\n${markdownTable([head, ...rows])}`;
}

/** The text in a server's row instead of figures, if there is one. */
function excuse(results: Results, scenario: string, peer: string): readonly string[] | undefined {
  const facts = results.peers.find(({ name }) => name === peer);
  if (facts !== undefined && facts.version === undefined) {
    return [`not installed: \`${facts.install}\``];
  }
  for (const run of results.runs) {
    if (run.scenario !== scenario || run.peer !== peer) continue;
    if ('failed' in run.outcome) return [`FAILED in round ${run.round}: ${run.outcome.failed}`];
    if ('unfit' in run.outcome) return [run.outcome.unfit];
  }
  return undefined;
}
