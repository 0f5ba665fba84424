// CPU time of this process, all its threads: what a client costs, whatever else the machine does meanwhile.

import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { median } from '../report/statistics.ts';

/** The CPU milliseconds that `act` takes. */
export async function cpuMs(act: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await act();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** The median of `times` measurements. */
export async function medianOf(times: number, measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let time = 0; time < times; time++) values.push(await measure());
  return median(values);
}

/** The CPU milliseconds of one Ed25519 verification, of which every text and every member costs one: how fast the machine is now. */
export async function verificationMs(count = 2000): Promise<number> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const bytes = new Uint8Array(600);
  const signature = sign(null, bytes, privateKey);
  const all = await cpuMs(async () => {
    for (let at = 0; at < count; at++) verify(null, bytes, publicKey, signature);
  });
  return all / count;
}
