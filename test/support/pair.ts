// Two people with devices and a session, for tests of encryption. Real ciphers.
import assert from 'node:assert/strict';
import { createDevice, type Device } from '../../src/e2ee/device.ts';
import { joinSession, readWelcome } from '../../src/e2ee/join-session.ts';
import { createKeyPackage, readKeyPackage } from '../../src/e2ee/key-package.ts';
import {
  open,
  readSealed,
  seal,
  type OpenRefusal,
  type PairSession,
} from '../../src/e2ee/pair-session.ts';
import { startSession } from '../../src/e2ee/start-session.ts';
import { openSuite, type Suite } from '../../src/e2ee/suite.ts';
import type { Result } from '../../src/lib/result.ts';
import { nodeCryptoProvider } from '../../src/platform/node/crypto/crypto-provider.ts';

export const suite: Suite = await openSuite(nodeCryptoProvider);
export const alice: Device = await createDevice(suite);
export const bob: Device = await createDevice(suite);

/** The value of a successful result; the test fails for a refusal. */
export function value<T>(result: Result<T, { readonly code: string; readonly reason: string }>): T {
  assert.ok(result.ok, result.ok ? '' : `${result.error.code}: ${result.error.reason}`);
  return result.value;
}

/** The refusal's code, or "none". */
export function codeOf(result: Result<unknown, { readonly code: string }>): string {
  return result.ok ? 'none' : result.error.code;
}

/** A new session that alice started and bob joined, with the lines that were sent. */
export async function converse(): Promise<{
  readonly a: PairSession;
  readonly b: PairSession;
  readonly keyPackage: Uint8Array;
  readonly welcome: Uint8Array;
}> {
  const pending = await createKeyPackage(suite, bob, 'bob', Date.now());
  const read = value(await readKeyPackage(suite, pending.bytes, 'bob', Date.now()));
  const started = value(await startSession(suite, alice, 'alice', read, Date.now()));
  const welcome = value(readWelcome(started.welcome));
  const joined = value(await joinSession(suite, bob, 'bob', pending, welcome, 'alice'));
  return { a: started.session, b: joined, keyPackage: pending.bytes, welcome: started.welcome };
}

/** `open` from bytes, as a receiver does it. */
export async function openBytes(
  session: PairSession,
  bytes: Uint8Array,
): Promise<
  Result<
    { readonly session: PairSession; readonly content: Uint8Array },
    OpenRefusal | { readonly code: 'malformed' | 'wrong-kind'; readonly reason: string }
  >
> {
  const sealed = readSealed(bytes);
  return sealed.ok ? open(session, sealed.value) : sealed;
}

/** `count` messages sealed one after the other, and the session after them. */
export async function sealMany(
  session: PairSession,
  count: number,
): Promise<{ readonly session: PairSession; readonly sealed: readonly Uint8Array[] }> {
  const sealed: Uint8Array[] = [];
  for (let number = 0; number < count; number++) {
    const made = await seal(session, Uint8Array.of(number >> 8, number & 255));
    session = made.session;
    sealed.push(made.bytes);
  }
  return { session, sealed };
}
