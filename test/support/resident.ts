// How much memory a process holds, from outside.
import { readFileSync } from 'node:fs';

/** Resident bytes of the process `pid`. */
export function residentBytes(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) * 1024;
}
