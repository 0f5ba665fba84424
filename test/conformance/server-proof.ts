// What every proof of a server promises (`ServerProof` in client/ports.ts), and that the decision about a certificate
// (client/login/server-check.ts) does not depend on what shows it: examples that each adapter runs.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { KnownServers, ServerProof } from '../../src/client/ports.ts';
import type { TlsAddress } from '../../src/client/connection/server-address.ts';
import { ServerCheck } from '../../src/client/login/server-check.ts';
import type { Username } from '../../src/wire/text.ts';

export type TlsProof = Extract<ServerProof, { readonly kind: 'tls' }>;

/** A server at `address` with certificates of these names: `renewed` has the key of `first`, `other` has its own. */
export type ShownCertificate = 'first' | 'renewed' | 'other';

export interface ProofUnderTest {
  readonly address: TlsAddress;
  readonly servers: KnownServers;
  /** The proof of a new connection while the server has that certificate. */
  readonly show: (certificate: ShownCertificate) => Promise<TlsProof>;
  /** From now on an authority that the device trusts vouches for `first`. */
  readonly trust: () => Promise<void>;
}

/** Runs the examples on the adapter from `open`, with a server that is new. */
export function serverProofConformance(
  adapter: string,
  open: (t: TestContext) => Promise<ProofUnderTest>,
): void {
  const example = (title: string, run: (under: ProofUnderTest) => Promise<void>) =>
    test(`${adapter}: ${title}`, async (t) => run(await open(t)));

  example(
    'a certificate has one fingerprint and each connection its own binding',
    async (under) => {
      const [one, again] = [await under.show('first'), await under.show('first')];
      assert.deepEqual([one.fingerprint.length, one.binding.length], [32, 32]);
      assert.deepEqual(again.fingerprint, one.fingerprint);
      assert.notDeepEqual(again.binding, one.binding);
      const other = await under.show('other');
      assert.notDeepEqual(other.fingerprint, one.fingerprint);
      assert.notDeepEqual(other.key, one.key);
    },
  );

  example('the key is that of the certificate, also in a later one', async ({ show }) => {
    const [first, renewed] = [await show('first'), await show('renewed')];
    assert.equal(first.key?.length, 32);
    assert.deepEqual(renewed.key, first.key);
    assert.notDeepEqual(renewed.fingerprint, first.fingerprint);
  });

  example('an authority vouches for what it has issued and nothing else', async (under) => {
    assert.equal((await (await under.show('first')).hasAuthority?.()) ?? false, false);
    await under.trust();
    assert.equal(await (await under.show('first')).hasAuthority?.(), true);
    assert.equal((await (await under.show('other')).hasAuthority?.()) ?? false, false);
  });

  /** A visit with a login: before that a server is not remembered. */
  const begin = async ({ address, servers, show }: ProofUnderTest, shown: ShownCertificate) => {
    const username = 'alice' as Username;
    const check = await ServerCheck.begin({ address, username }, await show(shown), servers);
    if (check.ok) await check.value.met();
    return check;
  };

  example('the certificate of the first visit is taken from then on', async (under) => {
    const first = await begin(under, 'first');
    assert.ok(first.ok && first.value.remembered !== undefined && !first.value.mustProve);
    const again = await begin(under, 'first');
    assert.ok(again.ok && again.value.remembered === undefined);
  });

  example('one with the same key is taken, any other is turned away', async (under) => {
    assert.ok((await begin(under, 'first')).ok);
    assert.ok((await begin(under, 'renewed')).ok);
    const other = await begin(under, 'other');
    assert.ok(!other.ok);
    assert.equal(other.error.code, 'untrusted');
  });

  example('one that an authority vouches for is taken in place of another', async (under) => {
    await under.trust();
    assert.ok((await begin(under, 'other')).ok);
    assert.ok((await begin(under, 'first')).ok);
    assert.ok(!(await begin(under, 'other')).ok);
  });
}
