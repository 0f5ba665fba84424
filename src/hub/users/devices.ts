// The devices of an account: which are valid, when each was seen last, and which of them others wait for. Who may add and
// revoke them, account-chains.ts says.

import type { DeviceForm } from '../../wire/statements/chain-link.ts';
import type { RequestOf } from '../../wire/extended/requests.ts';
import { canNothing, type Account, type AccountDevice, type User, type Visit } from '../state.ts';
import type { Can, DeviceRecord } from '../records.ts';
import { change, report, type Turn } from '../turn.ts';

const dayMs = 86_400_000;

/** Nothing waits for a device that has not been here for so long, in milliseconds. */
export const idleDeviceMs = 30 * dayMs;

/** The valid device of an account with that key. */
export function deviceOf(
  { devices }: Pick<Account, 'devices'>,
  key: string | undefined,
): AccountDevice | undefined {
  return devices.find((device) => device.key === key);
}

/** The key of the first valid device: the only one that clients know of which know nothing of several. */
export function firstDevice({ devices }: Pick<Account, 'devices'>): string | undefined {
  return devices[0]?.key;
}

export function newDevice(key: string, addedAt: number, form?: DeviceForm): AccountDevice {
  return { key, form, addedAt, seenAt: 0, can: canNothing };
}

/** Whether a device is here, or was here lately. */
function isSeen({ visits }: User, { key, seenAt }: AccountDevice, at: number): boolean {
  const isLately = seenAt > 0 && seenAt > at - idleDeviceMs;
  return isLately || visits.some(({ device }) => device === key);
}

/** The devices that count: those that others wait for. */
export function seenDevices(user: User, at: number): readonly AccountDevice[] {
  return user.account?.devices.filter((device) => isSeen(user, device, at)) ?? [];
}

/** Those that count; of an account where none does, because it was away for long, all of them. */
export function countedDevices(user: User, at: number): readonly AccountDevice[] {
  const seen = seenDevices(user, at);
  return seen.length > 0 ? seen : (user.account?.devices ?? []);
}

/** Whether a device has been away for so long that nothing waits for it. */
export function isIdle(user: User, device: AccountDevice, at: number): boolean {
  return !isSeen(user, device, at);
}

/** Notes that a device is here, to the day, and what its client can. */
export function noteSeen(
  turn: Turn,
  { id }: Account,
  device: AccountDevice,
  at: number,
  can: Can = device.can,
): void {
  const isNoted = device.seenAt > 0 && dayOf(device.seenAt) === dayOf(at);
  if (isNoted && isSame(device.can, can)) return;
  device.seenAt = at;
  device.can = can;
  change(turn, { type: 'device', device: recordOfDevice(id, device) });
}

function isSame(one: Can, other: Can): boolean {
  const has = (word: 'devices' | 'rooms' | 'roles') =>
    (one[word] ?? false) === (other[word] ?? false);
  return one.sealed === other.sealed && has('devices') && has('rooms') && has('roles');
}

/** Counted from 1970. */
export function dayOf(at: number): number {
  return Math.floor(at / dayMs);
}

/** DEVICES: those of the own account. */
export function listDevices(turn: Turn, visit: Visit, { label }: RequestOf<'DEVICES'>): void {
  const { connection, user, device: own } = visit;
  const devices = (user.account?.devices ?? []).map(({ key, form, addedAt, seenAt }) => ({
    device: key,
    form,
    since: addedAt,
    seen: seenAt === 0 ? undefined : dayOf(seenAt) * dayMs,
    here: user.visits.some(({ device }) => device === key) || undefined,
    own: key === own || undefined,
  }));
  report(turn, connection, { verb: 'DEVICES', label, devices });
}

/** A device, to be stored. */
export function recordOfDevice(
  account: Account['id'],
  { key: device, addedAt, seenAt, can }: AccountDevice,
): DeviceRecord {
  return { account, device, addedAt, seenAt, can };
}
