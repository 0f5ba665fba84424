// Simulated lives (life.ts) from their beginnings: everything that they have in common is made once, because keys cost
// most.
import { createDevice, type Device } from '../../../src/e2ee/device.ts';
import { createIdentity } from '../../../src/server/login/identity.ts';
import { Dice } from './fate.ts';
import { Life, names, type Beginning, type LifeOptions } from './life.ts';
import { openRealCiphers } from './real-ciphers.ts';
import { openToyCiphers, toyIdentity } from './toy-ciphers.ts';

/**
 * People with keys at the server, in a group. `areAcquainted`: they have written to each other, like most people;
 * otherwise nobody has.
 */
async function makeBeginning(isReal: boolean, areAcquainted: boolean): Promise<Beginning> {
  const ciphers = isReal ? await openRealCiphers() : await openToyCiphers(-1);
  const devices = new Map<string, Device>();
  for (const name of names) devices.set(name, await createDevice(ciphers.suite));
  const nothing: Beginning = {
    identity: isReal ? createIdentity() : toyIdentity(),
    devices,
    disks: new Map(),
    pins: new Map(),
    server: { acts: [], runs: [] },
    ledger: undefined,
  };
  const life = await Life.begin(1, ciphers, nothing, { people: 3 });
  await life.calm();
  for (const { client } of life.people) {
    client?.createGroup('g');
    await life.calm();
    client?.joinGroup('g');
    await life.calm();
  }
  if (areAcquainted) await life.introduce();
  life.check();
  return {
    ...nothing,
    disks: new Map(life.people.map(({ name, disk }) => [name, disk.written])),
    pins: new Map(life.people.map(({ name, pins }) => [name, pins])),
    server: life.disk.kept,
    ledger: life.ledger,
  };
}

export interface Beginnings {
  readonly strangers: Beginning;
  readonly acquainted: Beginning;
  readonly real: Beginning;
}

export async function makeBeginnings(): Promise<Beginnings> {
  return {
    strangers: await makeBeginning(false, false),
    acquainted: await makeBeginning(false, true),
    real: await makeBeginning(true, true),
  };
}

/** One life in this many has the program's ciphers. */
const realEvery = 100;

/** Runs the life of `seed`. Rejects at the first fault. */
export async function live(
  seed: number,
  { strangers, acquainted, real }: Beginnings,
  options: LifeOptions = {},
): Promise<void> {
  const isReal = seed % realEvery === 0;
  const toy = new Dice(seed ^ 0xbe91).chance(0.2) ? strangers : acquainted;
  const ciphers = isReal ? await openRealCiphers() : await openToyCiphers(seed ^ 0x5eed);
  const life = await Life.begin(seed, ciphers, isReal ? real : toy, options);
  await life.storm(30 + life.fate.dice.below(120));
  await life.calm();
  life.check();
}
