import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { alice, bob, codeOf, converse, suite, value } from '../../test/support/pair.ts';
import { configFor } from './client-config.ts';
import { credentialOf } from './credential.ts';
import { createDevice, type Device } from './device.ts';
import { joinSession, readWelcome } from './join-session.ts';
import { createKeyPackage, readKeyPackage, type PendingKeyPackage } from './key-package.ts';
import {
  createCommit,
  createGroup,
  encodeMlsMessage,
  generateKeyPackageWithKey,
  mls,
  type Capabilities,
  type ClientState,
} from './mls.ts';
import { startSession } from './start-session.ts';
import { suiteName } from './suite.ts';

const ciphers = suite[mls];
const now = Date.now();
const day = 86_400;
const able: Capabilities = {
  versions: ['mls10'],
  ciphersuites: [suiteName],
  extensions: [],
  proposals: [],
  credentials: ['basic'],
};

/** A key package as an attacker might make it. */
async function craft(changes: {
  name?: string;
  device?: Device;
  capabilities?: Capabilities;
  from?: number;
  until?: number;
  signKey?: Uint8Array;
  extension?: boolean;
}): Promise<Uint8Array> {
  const device = changes.device ?? bob;
  const seconds = Math.floor(now / 1000);
  const made = await generateKeyPackageWithKey(
    credentialOf(changes.name ?? 'bob'),
    changes.capabilities ?? able,
    {
      notBefore: BigInt(seconds + (changes.from ?? -day)),
      notAfter: BigInt(seconds + (changes.until ?? 30 * day)),
    },
    changes.extension ? [{ extensionType: 0xff01, extensionData: new Uint8Array(1) }] : [],
    { signKey: changes.signKey ?? device[mls].signKey, publicKey: device.publicKey },
    ciphers,
  );
  return encodeMlsMessage({
    version: 'mls10',
    wireformat: 'mls_key_package',
    keyPackage: made.publicPackage,
  });
}

async function readAs(bytes: Uint8Array): Promise<string> {
  return codeOf(await readKeyPackage(suite, bytes, 'bob', now));
}

test('key packages of another name, time, profile or signature are refused by code', async () => {
  assert.equal(await readAs(await craft({})), 'none');
  assert.equal(await readAs(await craft({ name: 'mallory' })), 'wrong-name');
  assert.equal(await readAs(await craft({ name: 'Bob' })), 'wrong-name');
  assert.equal(await readAs(await craft({ from: day })), 'expired');
  assert.equal(await readAs(await craft({ until: -1 })), 'expired');
  assert.equal(await readAs(await craft({ until: 365 * day })), 'expired');
  assert.equal(await readAs(await craft({ signKey: alice[mls].signKey })), 'forged');
  assert.equal(await readAs(await craft({ extension: true })), 'wrong-profile');
  const unable = { ...able, ciphersuites: [] };
  assert.equal(await readAs(await craft({ capabilities: unable })), 'wrong-profile');
  const { welcome } = await converse();
  assert.equal(await readAs(welcome), 'wrong-kind');
});

test('key packages: every altered byte and every truncation is refused', async () => {
  const { bytes } = await createKeyPackage(suite, bob, 'bob', now);
  for (let at = 0; at < bytes.length; at++) {
    const altered = bytes.slice();
    altered[at] = (altered[at] ?? 0) ^ (1 << (at % 8));
    assert.notEqual(await readAs(altered), 'none', `byte ${at}`);
    assert.notEqual(await readAs(bytes.subarray(0, at)), 'none');
  }
});

test('a key package whose keys are no keys is refused, not thrown', async () => {
  const pending = await createKeyPackage(suite, bob, 'bob', now);
  const good = value(await readKeyPackage(suite, pending.bytes, 'bob', now));
  const bad = { ...good, [mls]: { ...good[mls], initKey: new Uint8Array(7) } };
  assert.equal(codeOf(await startSession(suite, alice, 'alice', bad, now)), 'unusable');
});

test('a welcome serves once, for its own key package and maker only', async () => {
  const { welcome } = await converse();
  const again = value(readWelcome(welcome));
  const fresh = await createKeyPackage(suite, bob, 'bob', now);
  assert.equal(codeOf(await joinSession(suite, bob, 'bob', fresh, again, 'alice')), 'unreadable');
  const read = value(await readKeyPackage(suite, fresh.bytes, 'bob', now));
  const started = value(await startSession(suite, alice, 'alice', read, now));
  const sealed = value(readWelcome(started.welcome));
  const join = (peer: string) => joinSession(suite, bob, 'bob', fresh, sealed, peer);
  assert.equal(codeOf(await join('carol')), 'wrong-peer');
  const joined = value(await join('alice'));
  assert.deepEqual(joined.peerKey, alice.publicKey);
  assert.equal(joined.groupId, started.session.groupId);
  assert.equal(codeOf(await join('alice')), 'unreadable', 'the private part is wiped');
});

test('welcomes: every altered byte and every truncation is refused', async () => {
  const pending = await createKeyPackage(suite, bob, 'bob', now);
  const read = value(await readKeyPackage(suite, pending.bytes, 'bob', now));
  const { welcome } = value(await startSession(suite, alice, 'alice', read, now));
  const take = async (bytes: Uint8Array): Promise<string> => {
    const sealed = readWelcome(bytes);
    if (!sealed.ok) return sealed.error.code;
    return codeOf(await joinSession(suite, bob, 'bob', pending, sealed.value, 'alice'));
  };
  // Most flips cost a decapsulation. One byte in thirteen still reaches every field.
  for (let at = 0; at < welcome.length; at += 13) {
    const altered = welcome.slice();
    altered[at] = (altered[at] ?? 0) ^ (1 << (at % 8));
    assert.notEqual(await take(altered), 'none', `byte ${at}`);
    assert.notEqual(await take(welcome.subarray(0, at)), 'none');
  }
  assert.equal(await take(Uint8Array.of(...welcome, 0)), 'malformed');
  assert.equal(await take(welcome), 'none');
});

/** A group that mallory makes with the library itself, without the rules of the profile. */
async function hostileWelcome(
  pending: PendingKeyPackage,
  options: { groupId?: Uint8Array; extraMember?: boolean; name?: string; late?: boolean },
): Promise<Uint8Array> {
  const mallory = await createDevice(suite);
  const name = options.name ?? 'alice';
  const own = await createKeyPackage(suite, mallory, name, now);
  const anyone = configFor({ me: name, myKey: mallory.publicKey, peer: 'bob' });
  const config = { ...anyone, authService: { validateCredential: async () => true } };
  const groupId = options.groupId ?? Uint8Array.of(1, ...ciphers.rng.randomBytes(16));
  let state: ClientState = await createGroup(
    groupId,
    own[mls].open,
    own[mls].secret,
    [],
    ciphers,
    config,
  );
  if (options.late) {
    state = (await createCommit({ state, cipherSuite: ciphers })).newState;
  }
  const added = [pending[mls].open];
  if (options.extraMember) {
    const third = await createKeyPackage(suite, await createDevice(suite), 'eve', now);
    added.unshift(third[mls].open);
  }
  const commit = await createCommit(
    { state, cipherSuite: ciphers },
    {
      extraProposals: added.map((keyPackage) => ({ proposalType: 'add', add: { keyPackage } })),
      ratchetTreeExtension: true,
    },
  );
  assert.ok(commit.welcome);
  const secrets = commit.welcome.secrets.slice(-1);
  return encodeMlsMessage({
    version: 'mls10',
    wireformat: 'mls_welcome',
    welcome: { ...commit.welcome, secrets },
  });
}

test('a group that the profile does not make is not entered', async () => {
  const take = async (options: Parameters<typeof hostileWelcome>[1]): Promise<string> => {
    const pending = await createKeyPackage(suite, bob, 'bob', now);
    const sealed = readWelcome(await hostileWelcome(pending, options));
    if (!sealed.ok) return sealed.error.code;
    return codeOf(await joinSession(suite, bob, 'bob', pending, sealed.value, 'alice'));
  };
  assert.equal(await take({}), 'none', 'the crafted group is sound when nothing is changed');
  assert.equal(await take({ extraMember: true }), 'wrong-shape');
  assert.equal(await take({ groupId: new Uint8Array(17) }), 'wrong-shape');
  assert.equal(await take({ groupId: Uint8Array.of(1) }), 'wrong-shape');
  assert.equal(await take({ late: true }), 'wrong-shape');
  assert.equal(await take({ name: 'carol' }), 'wrong-peer');
  assert.equal(await take({ name: 'bob' }), 'wrong-peer');
});

test('random bytes are refused everywhere', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (tail) => {
      for (const head of [[], [0, 1, 0, 5], [0, 1, 0, 3], [0, 1, 0, 2]]) {
        const bytes = Uint8Array.of(...head, ...tail);
        assert.notEqual(await readAs(bytes), 'none');
        assert.notEqual(codeOf(readWelcome(bytes)), 'none');
      }
    }),
    { numRuns: 300 },
  );
});
