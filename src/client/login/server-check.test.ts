import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryKnownServers } from '../../../test/support/memory/memory-servers.ts';
import { parseUsername } from '../../wire/text.ts';
import type { ServerProof } from '../ports.ts';
import { parseServerAddress } from '../connection/server-address.ts';
import { ServerCheck } from './server-check.ts';

const bytes = (first: number) => new Uint8Array(32).fill(first);
const [oldPrint, newPrint, oldKey, newKey] = [bytes(1), bytes(2), bytes(3), bytes(4)];
const [identity, otherIdentity, unknownMark] = [bytes(5), bytes(6), bytes(7)];
const binding = bytes(8);
const serverKey = 'tls-h:1338';

interface Case {
  readonly mark?: Uint8Array;
  readonly shown?: Uint8Array;
  readonly key?: Uint8Array;
  readonly hasAuthority?: boolean;
  /** What is known: the earlier certificate, its key, the identity. */
  readonly knows?: readonly ('certificate' | 'key' | 'identity' | 'old mark')[];
}

async function check({ mark, shown = newPrint, key = newKey, hasAuthority, knows = [] }: Case) {
  const servers = new MemoryKnownServers();
  if (knows.includes('certificate')) await servers.remember(serverKey, oldPrint);
  if (knows.includes('identity')) await servers.rememberIdentity(serverKey, identity);
  await servers.rememberCertificate(oldPrint, {
    key: knows.includes('key') ? oldKey : undefined,
    identity: knows.includes('old mark') ? identity : undefined,
  });
  const text = `tls://h${mark === undefined ? '' : `#${Buffer.from(mark).toString('base64url')}`}`;
  const [address, username] = [parseServerAddress(text), parseUsername('bob')];
  assert.ok(address.ok && username);
  const proof: ServerProof = {
    kind: 'tls',
    fingerprint: shown,
    binding,
    key,
    hasAuthority: () => Promise.resolve(hasAuthority === true),
  };
  const begun = await ServerCheck.begin({ address: address.value, username }, proof, servers);
  return { begun, servers };
}

/** The result of a case: right at once, right after the proof of that identity, or refused. */
async function fate(of: Case, proven: Uint8Array): Promise<string> {
  const { begun, servers } = await check(of);
  if (!begun.ok) return begun.error.code === 'untrusted' ? 'refused' : begun.error.code;
  if (!begun.value.mustProve) return 'right';
  assert.notDeepEqual(await servers.fingerprintOf(serverKey), of.shown ?? newPrint);
  const refusal = await begun.value.proven(proven);
  if (refusal === undefined) {
    assert.deepEqual(await servers.fingerprintOf(serverKey), of.shown ?? newPrint);
    assert.deepEqual(await servers.identityOf(serverKey), proven);
    return 'proven';
  }
  assert.ok(refusal.code === 'untrusted');
  assert.notDeepEqual(await servers.fingerprintOf(serverKey), of.shown ?? newPrint);
  return refusal.what === 'identity' ? 'another identity' : 'refused';
}

test('a new certificate is right where something known vouches for it, and nowhere else', async () => {
  const cases: readonly (readonly [Case, string, string])[] = [
    // First visits.
    [{}, 'right', 'right'],
    [{ mark: newPrint }, 'right', 'right'],
    [{ mark: identity }, 'proven', 'refused'],
    [{ mark: unknownMark }, 'refused', 'refused'],
    [{ mark: oldPrint, knows: ['key'] }, 'refused', 'refused'],
    [{ mark: oldPrint, knows: ['key'], key: oldKey }, 'right', 'right'],
    [{ mark: oldPrint, knows: ['old mark'] }, 'proven', 'refused'],
    [{ mark: oldPrint, hasAuthority: true }, 'right', 'right'],
    // The earlier certificate is known, and no identity: as with a proxy in front, or a server of version 1.
    [{ knows: ['certificate'] }, 'refused', 'refused'],
    [{ knows: ['certificate'], shown: oldPrint }, 'right', 'right'],
    [{ knows: ['certificate', 'key'], key: oldKey }, 'right', 'right'],
    [{ knows: ['certificate'], hasAuthority: true }, 'right', 'right'],
    [{ knows: ['certificate'], mark: identity }, 'proven', 'refused'],
    // The identity is known: it must be proven, whatever else vouches.
    [{ knows: ['certificate', 'identity'] }, 'proven', 'another identity'],
    [{ knows: ['identity'] }, 'proven', 'another identity'],
    [
      { knows: ['certificate', 'identity', 'key'], key: oldKey, hasAuthority: true },
      'proven',
      'another identity',
    ],
    [{ knows: ['certificate', 'identity'], shown: oldPrint }, 'right', 'right'],
    [{ knows: ['certificate', 'identity'], mark: newPrint }, 'proven', 'another identity'],
    [{ knows: ['certificate', 'identity'], mark: otherIdentity }, 'refused', 'another identity'],
    [{ knows: ['certificate', 'identity'], mark: unknownMark }, 'refused', 'another identity'],
    [
      { knows: ['certificate', 'identity', 'old mark'], mark: oldPrint },
      'proven',
      'another identity',
    ],
    [
      { knows: ['certificate', 'identity', 'old mark'], mark: oldPrint, shown: oldPrint },
      'right',
      'right',
    ],
  ];
  for (const [of, byRight, byOther] of cases) {
    assert.equal(await fate(of, identity), byRight, JSON.stringify(of));
    assert.equal(await fate(of, otherIdentity), byOther, JSON.stringify(of));
  }
});

test('what was proven under a certificate is remembered with it, and a server is new once', async () => {
  const { begun, servers } = await check({});
  assert.ok(begun.ok);
  assert.equal(begun.value.isWorthProving, true);
  assert.equal(await begun.value.proven(identity), undefined);
  assert.equal(await servers.identityOf(serverKey), undefined, 'nobody has come in yet');
  assert.equal(begun.value.remembered, undefined);
  assert.equal(await begun.value.met(), undefined);
  assert.deepEqual(begun.value.remembered, newPrint);
  assert.deepEqual(await servers.identityOf(serverKey), identity);
  assert.deepEqual(await servers.certificate(newPrint), { key: newKey, identity });
  const known = await check({ knows: ['certificate', 'identity'], shown: oldPrint });
  assert.ok(known.begun.ok);
  assert.equal(known.begun.value.remembered, undefined);
  assert.equal(known.begun.value.isWorthProving, false);
});
