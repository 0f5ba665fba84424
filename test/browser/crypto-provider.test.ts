// The provider of a browser, in a real one: the same examples and official vectors as on Node.
import type { Page } from 'playwright-core';
import type { Ciphersuite, CiphersuiteImpl, CryptoProvider } from 'ts-mls';
import { cryptoProviderConformance } from '../conformance/crypto-provider.ts';
import { mlsVectors } from '../conformance/mls-vectors.ts';
import { browserTests, openScript, wholeFile } from '../support/browser.ts';
import { callPage, remoteObject, type Handle } from '../support/remote-object.ts';

interface Sizes {
  readonly size: number;
  readonly keyLength: number;
  readonly nonceLength: number;
}

let shared: Promise<Page> | undefined;

async function inPage(): Promise<CryptoProvider> {
  shared ??= openScript(wholeFile, 'adapters.ts');
  const page = await shared;
  const getCiphersuiteImpl = async (suite: Ciphersuite): Promise<CiphersuiteImpl> => {
    const handle = await callPage<Handle>(page, ['suite'], [suite.name]);
    const { size, ...lengths } = await callPage<Sizes>(page, ['suiteSizes'], [suite.name]);
    const part = <Name extends keyof CiphersuiteImpl>(name: Name) =>
      remoteObject(page, handle, [name]) as CiphersuiteImpl[Name] & object;
    return {
      name: suite.name,
      hash: part('hash'),
      kdf: withSizes(part('kdf'), { size }),
      signature: part('signature'),
      hpke: withSizes(part('hpke'), lengths),
      rng: { randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)) },
    };
  };
  return { getCiphersuiteImpl };
}

/** What is no method is known beforehand. */
function withSizes<T extends object>(part: T, sizes: object): T {
  return new Proxy(part, {
    get: (target, name) => Reflect.get(name in sizes ? sizes : target, name),
  });
}

browserTests('the crypto provider of a browser', () => {
  cryptoProviderConformance('in a browser', ['MLS_256_XWING_AES256GCM_SHA512_Ed25519'], inPage);
  mlsVectors('in a browser', [1], inPage);
});
