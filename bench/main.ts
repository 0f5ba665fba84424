// `npm run bench`: flags -> plan -> rounds -> tables, plot and JSON. Tables go to stdout, progress to stderr. Exits
// with 1 if a flag is wrong, and with 3 if a run of any server failed.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { dirname, relative } from 'node:path';
import { allPeers, allScenarios, chosen, isMeant } from './catalogue.ts';
import { readFlags, usage, type Flags } from './flags.ts';
import { withResults } from './report/document.ts';
import { goalTable } from './report/goals.ts';
import { plot } from './report/plot.ts';
import { provenance, resultTables } from './report/table.ts';
import type { Results } from './results.ts';
import { runPlan } from './rounds.ts';
import { descriptorHint } from './system/descriptors.ts';
import { choosePinning, type Pinning } from './system/pinning.ts';

const say = (line: string) => void process.stderr.write(`${line}\n`);

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const flags = readFlags(args);
  if (!flags.ok) return complain(flags.error);
  if (flags.value.help) {
    console.log(usage);
    return 0;
  }
  const { short, rounds, profile } = flags.value;
  const named = flags.value.only;
  const every = await allScenarios();
  const usual = every.filter((each) => isMeant(each, flags.value));
  const scenarios = chosen(usual, named, '--only');
  if (!scenarios.ok) return complain(scenarios.error);
  const everyPeer = await allPeers();
  const usualPeers = everyPeer.filter(
    ({ only }) => only === undefined || flags.value.peers !== undefined,
  );
  const peers = chosen(usualPeers, flags.value.peers, '--peers');
  if (!peers.ok) return complain(peers.error);
  const most = Math.max(...scenarios.value.map((each) => each.connections(short)));
  const hint = descriptorHint(most);
  if (hint !== undefined) return complain(hint);

  const facts = peers.value.map((peer) => ({ ...factsOf(peer), version: peer.version() }));
  for (const { title, version, install } of facts) {
    if (version === undefined) say(`${title} is not installed: ${install}`);
  }
  const pinning = choosePinning();
  say(pinning.note);
  const installed = peers.value.filter((_, at) => facts[at]?.version !== undefined);
  const plan = { peers: installed, scenarios: scenarios.value, rounds, short, pinning, profile };
  const runs = await runPlan(plan, say);
  const results: Results = {
    command: ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
    machine: machine(pinning),
    short,
    rounds,
    peers: facts,
    scenarios: scenarios.value.map(({ name, title, figures }) => ({ name, title, figures })),
    runs,
  };
  return report(results, flags.value);
}

/** Prints and writes everything. Returns the exit code. */
function report(results: Results, flags: Flags): number {
  const { json, svg, document, block: name } = flags;
  const block = [
    provenance(results),
    resultTables(results),
    `### Goals\n\n${goalTable(results)}`,
  ].join('\n\n');
  console.log(block);
  write(json ?? 'bench/results/latest.json', `${JSON.stringify(results, undefined, 1)}\n`);
  write(svg ?? 'bench/results/latest.svg', plot(results));
  if (document !== undefined) {
    const picture = svg && `![The same figures as bars](${relative(dirname(document), svg)})`;
    const blocks = [block, ...(picture ? [picture] : [])].join('\n\n');
    const written = withResults(readFileSync(document, 'utf8'), blocks, name);
    if (!written.ok) return complain(`--document ${document}: ${written.error}`);
    write(document, written.value);
  }
  return results.runs.some(({ outcome }) => 'failed' in outcome) ? 3 : 0;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  say(`written: ${file}`);
}

function complain(problem: string): number {
  say(`bench: ${problem}`);
  return 1;
}

function factsOf({ name, title, install }: { name: string; title: string; install: string }) {
  return { name, title, install };
}

function machine(pinning: Pinning): Results['machine'] {
  return {
    cpus: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release().split(/[.-]/).slice(0, 2).join('.')}`,
    node: process.version,
    pinning: pinning.note,
  };
}
