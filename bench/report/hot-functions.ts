// Reads a CPU profile of V8: which functions took the time themselves, without those they called.

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Waiting for something to happen is not work. */
const idle = '(idle)';

/** The hottest functions of the profile in `json`, hottest first: share of the busy time, name, place. */
export function hotFunctions(json: string, count: number): readonly string[] {
  const profile = JSON.parse(json) as Profile;
  const names = new Map<number, string>();
  for (const { id, callFrame } of profile.nodes) {
    const { functionName, url, lineNumber } = callFrame;
    const file = url.split('/').slice(-2).join('/');
    const place = file === '' ? '' : `  ${file}:${lineNumber + 1}`;
    names.set(id, `${functionName === '' ? '(anonymous)' : functionName}${place}`);
  }
  const times = new Map<string, number>();
  let busy = 0;
  for (const [at, id] of profile.samples.entries()) {
    const name = names.get(id) ?? '(unknown)';
    if (name === idle) continue;
    const time = profile.timeDeltas[at] ?? 0;
    busy += time;
    times.set(name, (times.get(name) ?? 0) + time);
  }
  return [...times]
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([name, time]) => `${((100 * time) / busy).toFixed(1).padStart(5)} %  ${name}`);
}
