// The secret keys in the data directory: one for each name used there, made when it is first needed. One key for all
// names would show everybody that they belong together, and two of them could not write to each other: the members of
// an MLS group have different keys [RFC 9420 §7.3]. Two programs that request the same key at the same moment get the
// same one.
import { chmod, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createDevice, decodeDevice, encodeDevice, type Device } from '../../e2ee/device.ts';
import type { Suite } from '../../e2ee/suite.ts';
import { userFileName } from './file-names.ts';
import type { DeviceFile } from '../../client/encryption/trust/devices.ts';
import { PrivateFileError } from '../../client/store/private-file-error.ts';
import { createPrivateFile, damaged, fileTime, readPrivateFile } from './private-file.ts';

const maxFileBytes = 1024;

/** The device of `user` in the data directory. Rejects with a PrivateFileError that says what to do. */
export async function openDevice(suite: Suite, directory: string, user: string): Promise<Device> {
  const path = devicePath(directory, user);
  const found = await readPrivateFile(path, maxFileBytes);
  if (found !== undefined) return read(suite, path, found);
  const device = await createDevice(suite);
  if (await createPrivateFile(path, encodeDevice(device))) return device;
  const winner = await readPrivateFile(path, maxFileBytes);
  if (winner === undefined) throw new PrivateFileError(`${path} came and went. Start again`);
  return read(suite, path, winner);
}

/** Stores `device` as the one of `user`. False, and nothing is changed, if there is one already. */
export function storeDevice(directory: string, user: string, device: Device): Promise<boolean> {
  return createPrivateFile(devicePath(directory, user), encodeDevice(device));
}

/** Takes away what `storeDevice` has stored. */
export async function removeDevice(directory: string, user: string): Promise<void> {
  await rm(devicePath(directory, user), { force: true });
}

/** The path of the device of `user`, and the time of its creation. Undefined if there is none. */
export async function deviceFileOf(
  directory: string,
  user: string,
): Promise<DeviceFile | undefined> {
  const path = devicePath(directory, user);
  const since = await fileTime(path);
  return since === undefined ? undefined : { path, since };
}

function devicePath(directory: string, user: string): string {
  return join(directory, 'devices', `${userFileName(user)}.key`);
}

async function read(suite: Suite, path: string, record: Uint8Array): Promise<Device> {
  const device = await decodeDevice(suite, record);
  if (!device.ok) {
    throw damaged(
      path,
      `${device.error.reason}. Put a copy back, or delete it to begin with a new key, of which others will be warned`,
    );
  }
  await keepToOwner(path);
  return device.value;
}

/** Takes away the permissions of others. A file copied from elsewhere often has the mode of that place. */
async function keepToOwner(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0) await chmod(path, 0o600);
}
