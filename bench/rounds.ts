// Runs the plan: in each round every scenario, in each scenario every server, each freshly started. The order of the
// servers rotates with the rounds, so that none always comes first.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Peer } from './peer.ts';
import { hotFunctions } from './report/hot-functions.ts';
import { writeFigure } from './report/write-number.ts';
import type { Outcome, Run } from './results.ts';
import type { Scenario } from './scenario.ts';
import { generate } from './system/generator.ts';
import type { Pinning } from './system/pinning.ts';
import { watchOthers } from './system/others.ts';
import { startServer } from './system/server-process.ts';

export interface Plan {
  /** Only installed ones. */
  readonly peers: readonly Peer[];
  readonly scenarios: readonly Scenario[];
  readonly rounds: number;
  readonly short: boolean;
  readonly pinning: Pinning;
  /** A folder for CPU profiles. */
  readonly profile: string | undefined;
}

/** Runs the whole plan. `say` gets the progress. */
export async function runPlan(plan: Plan, say: (line: string) => void): Promise<readonly Run[]> {
  const { peers, scenarios, rounds } = plan;
  const runs: Run[] = [];
  for (let round = 1; round <= rounds; round++) {
    const turned = peers.map((_, at) => peers[(at + round - 1) % peers.length] as Peer);
    for (const scenario of scenarios) {
      if (round > 1 && scenario.apart === true) continue;
      for (const peer of turned) {
        const outcome = await runOne(plan, scenario, peer, say);
        runs.push({ round, scenario: scenario.name, peer: peer.name, outcome });
        const head = `${round}/${rounds}  ${scenario.name.padEnd(16)}${peer.name.padEnd(10)}`;
        say(`${head}${describe(scenario, outcome)}`);
      }
    }
  }
  return runs;
}

async function runOne(
  plan: Plan,
  scenario: Scenario,
  peer: Peer,
  say: (line: string) => void,
): Promise<Outcome> {
  const unfit = scenario.unfit?.(peer) ?? lacking(scenario, peer);
  if (unfit !== undefined) return { unfit };
  const { short, pinning, profile } = plan;
  // Room for those who come and go before the others, and for a connection that is still closing.
  const connections = scenario.connections(short) + 1000;
  const folder = profile && join(profile, `${peer.name}-${scenario.name}`);
  const nodeArgs = folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
  const watched = scenario.apart === true;
  try {
    const server = await startServer(peer, { connections, cpu: pinning.server, nodeArgs, watched });
    try {
      const { port, metricsPort, pid } = server;
      const task = { scenario: scenario.name, peer: peer.name, port, metricsPort, pid, short };
      const others = watchOthers(pid);
      const { measured, cpuSeconds } = await generate(
        task,
        pinning.generator,
        scenario.limitSeconds(short),
      );
      return { measured, others: others(cpuSeconds) };
    } catch (error) {
      say(server.output());
      throw error;
    } finally {
      await server.stop();
      if (folder !== undefined) for (const line of profileOf(folder)) say(`    ${line}`);
    }
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}

function lacking({ name, needs = 'dialect' }: Scenario, peer: Peer): string | undefined {
  if (peer.only?.includes(name) === false) return 'it is for other scenarios';
  if (peer[needs] !== undefined) return undefined;
  return needs === 'archive' ? 'keeps nothing' : 'measured as an archive only';
}

function describe(scenario: Scenario, outcome: Outcome): string {
  if ('failed' in outcome) return `FAILED: ${outcome.failed}`;
  if ('unfit' in outcome) return outcome.unfit;
  return scenario.figures
    .filter(({ aside }) => aside !== true)
    .map(({ key, unit }) => {
      const value = outcome.measured[key];
      return value === undefined ? '–' : writeFigure(value, unit);
    })
    .join('  ');
}

/** The hot functions of a server's main thread, whose profile is its largest. Empty if the server made none. */
function profileOf(folder: string): readonly string[] {
  try {
    const profiles = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    const [largest] = profiles.sort((one, other) => other.length - one.length);
    return largest === undefined ? [] : hotFunctions(largest, 16);
  } catch {
    // Not a server in Node, or one that does not end by itself.
    return [];
  }
}
