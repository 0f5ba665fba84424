// What opens a lock, from the person: a passphrase that they type, or a passkey that the browser asks them for.

import type { LockWay } from '../../platform/browser/lock/lock-record.ts';
import { makePasskey, secretOf, type PasskeyFailure } from '../../platform/browser/lock/passkey.ts';
import { newSalt, passphraseCosts } from '../../platform/browser/lock/store-lock.ts';
import { passphraseKeyIn } from '../../platform/browser/lock/passphrase-key.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { startPassphraseWorker } from './start-passphrase-worker.ts';

const passphraseKey = passphraseKeyIn(startPassphraseWorker);

export interface ChosenWay {
  readonly way: LockWay;
  readonly secret: Uint8Array;
}

/** The fewest characters of a passphrase: whoever has the files can try as many as they like. */
export const leastCharacters = 10;

const passkeyWords: Readonly<Record<PasskeyFailure, string>> = {
  left: 'The browser had no passkey from you.',
  'no-secret': 'That passkey gives no secret to encrypt with. Take another one, or a passphrase.',
};

/** What opens a lock of that way. The error is for people. */
export async function secretBy(way: LockWay, typed: string): Promise<Result<Uint8Array, string>> {
  if (way.kind === 'passphrase') return ok(await passphraseKey(typed, way.salt, way.costs));
  const secret = await secretOf(way.credential, way.salt);
  return typeof secret === 'string' ? err(passkeyWords[secret]) : ok(secret);
}

/** A new lock by a passphrase. */
export async function newPassphrase(typed: string): Promise<ChosenWay> {
  const way: LockWay = { kind: 'passphrase', salt: newSalt(), costs: passphraseCosts };
  return { way, secret: await passphraseKey(typed, way.salt, way.costs) };
}

/** A new lock by a passkey. The error is for people. */
export async function newPasskey(name: string): Promise<Result<ChosenWay, string>> {
  const salt = newSalt();
  const made = await makePasskey(name, salt);
  if (typeof made === 'string') return err(passkeyWords[made]);
  const { credential, secret } = made;
  return ok({ way: { kind: 'passkey', salt, credential }, secret });
}
