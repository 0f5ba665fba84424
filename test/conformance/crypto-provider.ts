// What every CryptoProvider of helo promises, as figures of the RFCs and in agreement with the MLS library's own provider.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import {
  createApplicationMessage,
  createCommit,
  createGroup,
  defaultCapabilities,
  defaultCryptoProvider,
  defaultLifetime,
  emptyPskIndex,
  generateKeyPackage,
  getCiphersuiteFromName,
  getCiphersuiteImpl,
  joinGroup,
  processPrivateMessage,
  type CiphersuiteImpl,
  type CiphersuiteName,
  type CryptoProvider,
} from 'ts-mls';

const hybrid = 'MLS_256_XWING_AES256GCM_SHA512_Ed25519';
const classic = 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519';

function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}

function library(name: CiphersuiteName): Promise<CiphersuiteImpl> {
  return getCiphersuiteImpl(getCiphersuiteFromName(name), defaultCryptoProvider);
}

/** The suite of that name, with the primitives of the provider. */
type Native = (name: CiphersuiteName) => Promise<CiphersuiteImpl>;

/** Runs the examples on the provider from `open`. `suites` have each of its signature schemes. */
export function cryptoProviderConformance(
  adapter: string,
  suites: readonly CiphersuiteName[],
  open: (t: TestContext) => Promise<CryptoProvider>,
): void {
  const example = (title: string, run: (native: Native) => Promise<void>) =>
    test(`${adapter}: ${title}`, async (t) => {
      const provider = await open(t);
      await run((name) => getCiphersuiteImpl(getCiphersuiteFromName(name), provider));
    });

  example('Ed25519: RFC 8032 §7.1, tests 1 to 3', async (native) => {
    const { signature } = await native(classic);
    for (const [secret, publicKey, message, expected] of [
      [
        '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
        'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
        '',
        'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
      ],
      [
        '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
        '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
        '72',
        '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
      ],
      [
        'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
        'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
        'af82',
        '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
      ],
    ] as const) {
      const signed = await signature.sign(hex(secret), hex(message));
      assert.deepEqual(signed, hex(expected));
      assert.ok(await signature.verify(hex(publicKey), hex(message), signed));
      const altered = signed.slice();
      altered[5] = (altered[5] ?? 0) ^ 1;
      assert.ok(!(await signature.verify(hex(publicKey), hex(message), altered)));
    }
  });

  example('HKDF: RFC 5869 appendix A, tests 1 and 3', async (native) => {
    const { kdf } = await native(classic);
    const ikm = new Uint8Array(22).fill(0x0b);
    const prk = await kdf.extract(hex('000102030405060708090a0b0c'), ikm);
    assert.deepEqual(prk, hex('077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5'));
    assert.deepEqual(
      await kdf.expand(prk, hex('f0f1f2f3f4f5f6f7f8f9'), 42),
      hex('3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865'),
    );
    const saltless = await kdf.extract(new Uint8Array(), ikm);
    assert.deepEqual(
      saltless,
      hex('19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04'),
    );
    assert.deepEqual(
      await kdf.expand(saltless, new Uint8Array(), 42),
      hex('8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8'),
    );
    await assert.rejects(kdf.expand(prk, new Uint8Array(), 255 * 32 + 1));
  });

  example(
    'HPKE: RFC 9180 appendix A.1.1, the receiver opens the first ciphertext',
    async (native) => {
      const { hpke } = await native(classic);
      const opened = await hpke.open(
        await hpke.importPrivateKey(
          hex('4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8'),
        ),
        hex('37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431'),
        hex(
          'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a',
        ),
        hex('4f6465206f6e2061204772656369616e2055726e'),
        hex('436f756e742d30'),
      );
      assert.equal(Buffer.from(opened).toString(), 'Beauty is truth, truth beauty');
    },
  );

  example('X-Wing agrees with the library, and refuses points of small order', async (native) => {
    const [ours, theirs] = [(await native(hybrid)).hpke, (await library(hybrid)).hpke];
    const empty = new Uint8Array();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 32, maxLength: 32 }), async (seed) => {
        const [key, same] = [await ours.deriveKeyPair(seed), await theirs.deriveKeyPair(seed)];
        assert.deepEqual(
          await ours.exportPublicKey(key.publicKey),
          await theirs.exportPublicKey(same.publicKey),
        );
        // Each has the pair in a form of its own.
        for (const [from, to, { publicKey }, { privateKey }] of [
          [ours, theirs, key, same],
          [theirs, ours, same, key],
        ] as const) {
          const { enc, secret } = await from.exportSecret(publicKey, seed, 32, empty);
          assert.deepEqual(await to.importSecret(privateKey, seed, enc, 32, empty), secret);
        }
      }),
      { numRuns: 10 },
    );
    const { publicKey } = await ours.generateKeyPair();
    const bytes = await ours.exportPublicKey(publicKey);
    // The points 0 and 1, and the order less one.
    const small = ['00'.repeat(32), `01${'00'.repeat(31)}`, `ec${'ff'.repeat(30)}7f`];
    for (const point of small) {
      const key = Uint8Array.from([...bytes.subarray(0, -32), ...hex(point)]);
      for (const suite of [ours, theirs]) {
        const imported = await suite.importPublicKey(key);
        await assert.rejects(suite.exportSecret(imported, empty, 32, empty));
      }
    }
  });

  example(
    'AES-GCM: agrees with the library both ways, and refuses every altered byte',
    async (native) => {
      for (const name of [classic, hybrid] as const) {
        const [ours, theirs] = [(await native(name)).hpke, (await library(name)).hpke];
        const key = new Uint8Array(ours.keyLength).fill(7);
        const nonce = new Uint8Array(ours.nonceLength).fill(9);
        await fc.assert(
          fc.asyncProperty(fc.uint8Array(), fc.uint8Array(), async (aad, plaintext) => {
            const sealed = await ours.encryptAead(key, nonce, aad, plaintext);
            assert.deepEqual(sealed, await theirs.encryptAead(key, nonce, aad, plaintext));
            assert.deepEqual(
              await ours.decryptAead(key, nonce, aad, sealed),
              Uint8Array.from(plaintext),
            );
          }),
          { numRuns: 30 },
        );
        const sealed = await ours.encryptAead(key, nonce, undefined, new Uint8Array(20));
        for (let at = 0; at < sealed.length; at++) {
          const altered = sealed.slice();
          altered[at] = (altered[at] ?? 0) ^ 0x80;
          await assert.rejects(ours.decryptAead(key, nonce, undefined, altered));
          await assert.rejects(ours.decryptAead(key, nonce, undefined, sealed.subarray(0, at)));
        }
      }
    },
  );

  example('hash, MAC and KDF agree with the library', async (native) => {
    const [ours, theirs] = [await native(hybrid), await library(hybrid)];
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.uint8Array({ maxLength: 200 }),
        fc.integer({ min: 1, max: 300 }),
        async (key, message, length) => {
          assert.deepEqual(await ours.hash.digest(message), await theirs.hash.digest(message));
          const mac = await ours.hash.mac(key, message);
          assert.deepEqual(mac, await theirs.hash.mac(key, message));
          assert.ok(await ours.hash.verifyMac(key, mac, message));
          assert.ok(!(await ours.hash.verifyMac(key, mac.subarray(1), message)));
          assert.deepEqual(
            await ours.kdf.expand(mac, message, length),
            await theirs.kdf.expand(mac, message, length),
          );
        },
      ),
      { numRuns: 30 },
    );
  });

  example('a malformed public key verifies nothing and throws nothing', async (native) => {
    for (const name of suites) {
      const { signature } = await native(name);
      for (const key of [new Uint8Array(), new Uint8Array(32).fill(255), new Uint8Array(65)]) {
        assert.equal(await signature.verify(key, new Uint8Array(1), new Uint8Array(64)), false);
      }
    }
  });

  example('suites that are not provided are refused', async (native) => {
    for (const name of [
      'MLS_256_DHKEMP521_AES256GCM_SHA512_P521',
      'MLS_256_XWING_CHACHA20POLY1305_SHA512_Ed25519',
      'MLS_256_XWING_AES256GCM_SHA512_MLDSA87',
    ] as const) {
      await assert.rejects(native(name), /is not provided/);
    }
  });

  example(
    'hybrid suite: what one provider makes the other opens, in both directions',
    async (native) => {
      const [ours, theirs] = [await native(hybrid), await library(hybrid)];
      for (const [starter, joiner] of [
        [ours, theirs],
        [theirs, ours],
      ] as const) {
        const member = (name: string, suite: CiphersuiteImpl) =>
          generateKeyPackage(
            { credentialType: 'basic', identity: Buffer.from(name) },
            defaultCapabilities(),
            defaultLifetime,
            [],
            suite,
          );
        const alice = await member('alice', starter);
        const bob = await member('bob', joiner);
        const group = await createGroup(
          Uint8Array.of(1),
          alice.publicPackage,
          alice.privatePackage,
          [],
          starter,
        );
        const commit = await createCommit(
          { state: group, cipherSuite: starter },
          {
            extraProposals: [{ proposalType: 'add', add: { keyPackage: bob.publicPackage } }],
            ratchetTreeExtension: true,
          },
        );
        assert.ok(commit.welcome);
        let [a, b] = [
          commit.newState,
          await joinGroup(
            commit.welcome,
            bob.publicPackage,
            bob.privatePackage,
            emptyPskIndex,
            joiner,
          ),
        ];
        for (const text of ['one', 'two', 'three']) {
          const sent = await createApplicationMessage(a, Buffer.from(text), starter);
          const got = await processPrivateMessage(b, sent.privateMessage, emptyPskIndex, joiner);
          assert.ok(got.kind === 'applicationMessage');
          assert.equal(Buffer.from(got.message).toString(), text);
          const reply = await createApplicationMessage(got.newState, Buffer.from(text), joiner);
          const back = await processPrivateMessage(
            sent.newState,
            reply.privateMessage,
            emptyPskIndex,
            starter,
          );
          assert.ok(back.kind === 'applicationMessage');
          assert.equal(Buffer.from(back.message).toString(), text);
          [a, b] = [back.newState, reply.newState];
        }
      }
    },
  );
}
