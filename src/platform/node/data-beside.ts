// Where a second chat of the same person keeps its data: in a folder of the first one's data directory, as a device of its
// own (cli/chat/beside.ts).
import { join } from 'node:path';
import { maxDevices } from '../../wire/statements/account-chain.ts';

/** The folders for those beside `data`, in the order in which they are taken. They need not be there. */
export function foldersBeside(data: string): readonly string[] {
  return Array.from({ length: maxDevices - 1 }, (_, n) => join(data, 'beside', String(n + 1)));
}
