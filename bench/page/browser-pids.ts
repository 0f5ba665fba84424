// Which processes a browser has, from /proc: the one of its page, and the others.

import { readdirSync, readFileSync } from 'node:fs';
import { residentBytes } from '../system/process-meter.ts';

export interface BrowserPids {
  /** The page and its workers. */
  readonly page: number;
  readonly rest: readonly number[];
}

/** Those of the browser whose profile is in `folder`. It has one page. */
export function browserPids(folder: string): BrowserPids {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const parents = new Map(all.map((pid) => [pid, parentOf(pid)]));
  const top = all.find((pid) => {
    const args = argumentsOf(pid);
    return args.includes(`--user-data-dir=${folder}`) && !args.includes('--type=');
  });
  if (top === undefined) throw new Error(`no browser has its profile in ${folder}`);
  const isOf = (pid: number): boolean =>
    pid === top || (parents.has(pid) && isOf(parents.get(pid) ?? 0));
  const pids = all.filter(isOf);
  // There may be a spare one, which has nothing in it.
  const [page] = pids
    .filter((pid) => argumentsOf(pid).includes('--type=renderer'))
    .toSorted((one, other) => residentBytes(other) - residentBytes(one));
  if (page === undefined) throw new Error('the browser has no page');
  return { page, rest: pids.filter((pid) => pid !== page) };
}

function argumentsOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    // It has ended meanwhile.
    return 0;
  }
}
