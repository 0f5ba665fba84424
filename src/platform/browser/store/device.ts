// The device's key in the browser: one for each name at each server, made when it is first needed. No script can read it,
// where the browser has Ed25519: the browser stores it and signs with it. Two tabs that need it at the same moment get the
// same one.
import {
  createDevice,
  decodeDevice,
  deviceOf,
  encodeDevice,
  type Device,
} from '../../../e2ee/device.ts';
import type { Suite } from '../../../e2ee/suite.ts';
import { PrivateFileError } from '../../../client/store/private-file-error.ts';
import {
  newPackedPair,
  newSigningPair,
  signingKeyOf,
  type SigningKeys,
} from '../crypto/signing-keys.ts';
import { readThing, write, type AccountDatabase } from './database.ts';

/**
 * A key that no script can read; or, where the browser has none such, the record of one. In a locked store: what makes
 * such a key of it each time, because the browser stores the first kind where whoever reads its files can read it.
 */
type DeviceRow =
  | { readonly kind: 'held'; readonly publicKey: Uint8Array; readonly privateKey: CryptoKey }
  | { readonly kind: 'packed'; readonly publicKey: Uint8Array; readonly pkcs8: Uint8Array }
  | { readonly kind: 'record'; readonly record: Uint8Array };

const name = 'device';

/**
 * The device of the database, which is locked or not. `keys` are those that `suite` signs with. Rejects with a
 * PrivateFileError.
 */
export async function openDevice(
  suite: Suite,
  keys: SigningKeys,
  database: AccountDatabase,
  isLocked: boolean,
): Promise<Device> {
  const found = (await readThing(database, name)) as DeviceRow | undefined;
  const row = found ?? (await keepFirst(database, await makeRow(suite, isLocked)));
  const device =
    row.kind === 'record'
      ? await decodeDevice(suite, row.record)
      : await deviceOf(suite, row.publicKey, keys.hold(row.publicKey, await privateKeyOf(row)));
  if (device.ok) return device.value;
  throw new PrivateFileError(`the key of this device is damaged: ${device.error.reason}`);
}

/** Whether the key of this device was made before the lock: then the lock does not protect it. */
export async function isOutsideLock(database: AccountDatabase): Promise<boolean> {
  const row = (await readThing(database, name)) as DeviceRow | undefined;
  return row?.kind === 'held';
}

function privateKeyOf(row: Exclude<DeviceRow, { readonly kind: 'record' }>): Promise<CryptoKey> {
  if (row.kind === 'held') return Promise.resolve(row.privateKey);
  return signingKeyOf(row.pkcs8);
}

async function makeRow(suite: Suite, isLocked: boolean): Promise<DeviceRow> {
  const packed = isLocked ? await newPackedPair() : undefined;
  if (packed !== undefined) return { kind: 'packed', ...packed };
  const pair = isLocked ? undefined : await newSigningPair();
  if (pair !== undefined) return { kind: 'held', ...pair };
  return { kind: 'record', record: encodeDevice(await createDevice(suite)) };
}

/** Stores `row`, unless another tab was first. Gives the one that is stored. */
function keepFirst(database: AccountDatabase, row: DeviceRow): Promise<DeviceRow> {
  return write(database, ['things'], async (transaction) => {
    const things = transaction.objectStore('things');
    const winner = (await things.get(name)) as DeviceRow | undefined;
    if (winner === undefined) await things.put(row, name);
    return winner ?? row;
  });
}
