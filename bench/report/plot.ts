// The results as an SVG: a panel for each figure, a bar for each server, the value printed at its end. Readable on
// light and dark backgrounds; no colour carries a meaning that the words don't.

import type { Results, ScenarioFacts } from '../results.ts';
import type { Figure } from '../scenario.ts';
import { figure, spread, byRound } from './statistics.ts';
import { own } from './table.ts';
import { writeFigure } from './write-number.ts';

const panelWidth = 340;
const gap = 28;
const columns = 3;
const labelWidth = 92;
const valueWidth = 78;
const barHeight = 16;
const rowHeight = 22;
const panelHead = 40;
const top = 64;

const style = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-size: 18px; font-weight: 600 }
  .panel { font-weight: 600 }
  .note, .unit { fill: #59636e; font-size: 12px }
  .own { fill: #0969da } .other { fill: #afb8c1 } .range { stroke: #59636e; stroke-width: 1.5 }
  .bold { font-weight: 600 }
  .ground { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .note, .unit { fill: #9198a1 }
    .own { fill: #4493f8 } .other { fill: #59636e } .range { stroke: #9198a1 }
    .ground { fill: #0d1117 }
  }`;

interface Bar {
  readonly label: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly own: boolean;
}

/** The plot of all figures that the tables show. */
export function plot(results: Results): string {
  const panels = results.scenarios.flatMap((scenario) =>
    scenario.figures
      .filter(({ aside }) => aside !== true)
      .map((each) => ({ scenario, each, bars: barsOf(results, scenario, each) }))
      .filter(({ bars }) => bars.length > 0),
  );
  const rows = Math.max(1, ...panels.map(({ bars }) => bars.length));
  const panelHeight = panelHead + rows * rowHeight + gap;
  const width = columns * panelWidth + (columns + 1) * gap;
  const height = top + Math.ceil(panels.length / columns) * panelHeight + gap;
  const drawn = panels.map(({ scenario, each, bars }, index) => {
    const x = gap + (index % columns) * (panelWidth + gap);
    const y = top + Math.floor(index / columns) * panelHeight;
    return `<g transform="translate(${x} ${y})">${panel(scenario, each, bars)}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">
<title>helo beside other servers</title>
<style>${style}</style>
<rect class="ground" width="${width}" height="${height}"/>
<text class="title" x="${gap}" y="32">helo beside other servers</text>
<text class="note" x="${gap}" y="52">${escape(note(results))}</text>
${drawn.join('\n')}
</svg>
`;
}

function note({ machine, rounds, short }: Results): string {
  const runs = rounds === 1 ? 'one round' : `medians of ${rounds} rounds, with the range`;
  return `${machine.cpus} cores, Node ${machine.node}; ${runs}${short ? '; short form' : ''}`;
}

function barsOf(results: Results, scenario: ScenarioFacts, { key }: Figure): readonly Bar[] {
  const id = { scenario: scenario.name, key };
  return results.peers.flatMap((peer) => {
    const value = figure(results, id, peer.name);
    if (value === undefined) return [];
    const values = [...byRound(results, id, peer.name).values()];
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return [{ label: peer.title, value, low, high, own: peer.name === own }];
  });
}

function panel(scenario: ScenarioFacts, { title, unit, better }: Figure, bars: readonly Bar[]) {
  const room = panelWidth - labelWidth - valueWidth;
  const largest = Math.max(...bars.map(({ high }) => high), Number.MIN_VALUE);
  const scale = (value: number) => Math.max(0, (value / largest) * room);
  const rows = bars.map((bar, index) => {
    const y = panelHead + index * rowHeight;
    const middle = y + barHeight / 2;
    const end = scale(bar.value);
    const weight = bar.own ? ' class="bold"' : '';
    const shown = spread([bar.low, bar.high]) > 0.01;
    const range = `M${labelWidth + scale(bar.low)} ${middle}H${labelWidth + scale(bar.high)}`;
    const textAt = labelWidth + Math.max(end, shown ? scale(bar.high) : 0) + 6;
    return (
      `<text${weight} x="${labelWidth - 8}" y="${middle + 4.5}" text-anchor="end">${escape(bar.label)}</text>` +
      `<rect class="${bar.own ? 'own' : 'other'}" x="${labelWidth}" y="${y}" width="${end.toFixed(1)}" height="${barHeight}" rx="2"/>` +
      (shown ? `<path class="range" d="${range}"/>` : '') +
      `<text${weight} x="${textAt.toFixed(1)}" y="${middle + 4.5}">${writeFigure(bar.value, unit)}</text>`
    );
  });
  return (
    `<text class="panel" x="0" y="12">${escape(scenario.title)}</text>` +
    `<text class="unit" x="0" y="29">${escape(title)} (${better} is better)</text>` +
    rows.join('')
  );
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
