// The load generator: a process of its own, forked by the bench. Takes one task, runs the scenario, answers with the
// results or an error, and ends.

import type { Peer } from '../peer.ts';
import type { Scenario } from '../scenario.ts';
import type { Measured, Parts } from '../stage.ts';

/** The task from the bench. */
export interface Task {
  readonly scenario: string;
  readonly peer: string;
  readonly port: number;
  readonly metricsPort: number | undefined;
  readonly pid: number;
  readonly short: boolean;
}

/** The answer to the bench. */
export type Answer = Success | { readonly failed: string };

export interface Success {
  readonly measured: Measured;
  /** The generator's own use. */
  readonly cpuSeconds: number;
}

process.once('message', (task: Task) => {
  void perform(task).then((answer) => process.send?.(answer, () => process.exit(0)));
});
// The bench has ended: nobody waits for an answer.
process.once('disconnect', () => process.exit(1));

async function perform(task: Task): Promise<Answer> {
  try {
    const { default: peer } = (await import(`../peers/${task.peer}.js`)) as { default: Peer };
    const { default: scenario } = (await import(`../scenarios/${task.scenario}.js`)) as {
      default: Scenario;
    };
    const { port, metricsPort, pid, short } = task;
    const measured = await new Promise<Measured>((resolve, reject) => {
      const stage = Object.assign(partsOf(peer), { port, metricsPort, pid, short, fail: reject });
      scenario.run(stage).then(resolve, reject);
    });
    const { user, system } = process.cpuUsage();
    return { measured, cpuSeconds: (user + system) / 1e6 };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}

/** The bench has checked that the peer has what the scenario needs. The scenario must not use the rest. */
function partsOf(peer: Peer): Parts {
  const part = <Name extends keyof Parts>(name: Name): Parts[Name] => {
    const found = peer[name];
    if (found === undefined) throw new Error(`${peer.name} has no ${name}`);
    return found as Parts[Name];
  };
  return {
    get dialect() {
      return part('dialect');
    },
    get archive() {
      return part('archive');
    },
  };
}
