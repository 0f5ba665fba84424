// The starts of a device's program [12.5]. Each start draws a mark, and names it at its logins; the server keeps the last
// one of each device, and says which one it was. A program that hears of a start that it has not made knows that another
// one uses a copy of its data. The server judges nothing: it may have been put back itself.

import type { RequestOf } from '../../wire/extended/requests.ts';
import type { User, Visit } from '../state.ts';
import { change, report, type Turn } from '../turn.ts';
import { deviceOf } from './devices.ts';

/** A program has logged in. Returns the start that was known before, where it was another one. */
export function noteStart(turn: Turn, visit: Visit): string | undefined {
  const { user, start } = visit;
  const { account } = user;
  const device = account && deviceOf(account, visit.device);
  if (account === undefined || device === undefined || start === undefined) return undefined;
  const before = device.start;
  if (before === start) return undefined;
  device.start = start;
  change(turn, { type: 'start', start: { account: account.id, device: device.key, start } });
  tellOthers(turn, user, visit, start);
  return before;
}

/** START: a program that has heard of another one is still here. */
export function stillHere(turn: Turn, visit: Visit, { start }: RequestOf<'START'>): void {
  visit.start = start;
  noteStart(turn, visit);
}

/** Of other programs of this device. One that has ended, and whose connection has not, reads nothing more. */
function tellOthers(turn: Turn, { visits }: User, { connection, device }: Visit, start: string) {
  for (const other of visits) {
    const isAnother = other.device === device && other.connection !== connection;
    if (!isAnother || other.start === undefined || other.start === start) continue;
    report(turn, other.connection, { verb: 'START', start });
  }
}
