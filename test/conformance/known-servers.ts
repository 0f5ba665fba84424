// What every store of known servers promises (`KnownServers` in client/ports.ts), as examples that each adapter runs.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { KnownServers } from '../../src/client/ports.ts';

/** Known servers under test. `reopen` gives those of the next program on this device. */
export interface KnownServersUnderTest {
  readonly servers: KnownServers;
  readonly reopen: () => KnownServers;
}

const print = (first: number) => new Uint8Array(32).fill(first);
const here = 'tls-h:1';
const there = 'tls-[::1]:1';

/** Runs the examples on an empty adapter from `open`. */
export function knownServersConformance(
  adapter: string,
  open: (t: TestContext) => Promise<KnownServersUnderTest>,
): void {
  const example = (title: string, run: (under: KnownServersUnderTest) => Promise<void>) =>
    test(`${adapter}: ${title}`, async (t) => run(await open(t)));

  example('of a server that was never met nothing is known', async ({ servers }) => {
    assert.equal(await servers.fingerprintOf(here), undefined);
    assert.equal(await servers.identityOf(here), undefined);
    assert.equal(await servers.certificate(print(1)), undefined);
    assert.equal(await servers.cameAs(here, 'bob'), undefined);
  });

  example('the last certificate of each server is remembered', async ({ servers, reopen }) => {
    await servers.remember(here, print(1));
    await servers.remember(there, print(2));
    await servers.remember(here, print(3));
    for (const one of [servers, reopen()]) {
      assert.deepEqual(await one.fingerprintOf(here), print(3));
      assert.deepEqual(await one.fingerprintOf(there), print(2));
    }
  });

  example('an identity is beside the certificate, and neither is the other', async (under) => {
    const { servers, reopen } = under;
    await servers.rememberIdentity(here, print(1));
    assert.equal(await servers.fingerprintOf(here), undefined);
    await servers.remember(here, print(2));
    for (const one of [servers, reopen()]) {
      assert.deepEqual(await one.identityOf(here), print(1));
      assert.deepEqual(await one.fingerprintOf(here), print(2));
      assert.equal(await one.identityOf(there), undefined);
    }
  });

  example('a certificate is known with its key, its identity, both or neither', async (under) => {
    const { servers, reopen } = under;
    const all = [
      { key: print(5), identity: print(6) },
      { key: print(5), identity: undefined },
      { key: undefined, identity: print(6) },
      { key: undefined, identity: undefined },
    ];
    for (const [at, known] of all.entries()) await servers.rememberCertificate(print(at), known);
    await servers.rememberCertificate(print(3), { key: print(7), identity: undefined });
    for (const one of [servers, reopen()]) {
      for (const [at, known] of all.slice(0, 3).entries()) {
        assert.deepEqual(await one.certificate(print(at)), known);
      }
      assert.deepEqual(await one.certificate(print(3)), { key: print(7), identity: undefined });
    }
  });

  example('as what each name came in is remembered, exactly as it is spelled', async (under) => {
    const { servers, reopen } = under;
    await servers.rememberCame(here, 'bob', 'guest');
    await servers.rememberCame(here, 'Bob', 'account');
    await servers.rememberCame(there, 'bob', 'guest');
    await servers.rememberCame(there, 'bob', 'account');
    for (const one of [servers, reopen()]) {
      assert.equal(await one.cameAs(here, 'bob'), 'guest');
      assert.equal(await one.cameAs(here, 'Bob'), 'account');
      assert.equal(await one.cameAs(there, 'bob'), 'account');
    }
  });
}
