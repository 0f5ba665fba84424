// The adapters of a browser, offered to the suites that every adapter passes.
import { getCiphersuiteFromName, getCiphersuiteImpl, type CiphersuiteName } from 'ts-mls';
import { dial, maxHeldBytes } from '../../../src/platform/browser/connection.ts';
import { browserCompression } from '../../../src/platform/browser/compression.ts';
import { browserFileCiphers } from '../../../src/platform/browser/crypto/file-ciphers.ts';
import { browserCryptoProvider } from '../../../src/platform/browser/crypto/crypto-provider.ts';
import { SigningKeys } from '../../../src/platform/browser/crypto/signing-keys.ts';
import type { ServerAddress } from '../../../src/client/connection/server-address.ts';
import type { ByteConnection } from '../../../src/client/ports.ts';
import { offer } from './objects.ts';

/** The test's own function, which hears of connections. */
type Tell = (call: number, is: string, detail: unknown, unsentBytes: number) => void;

const calls = new Map<number, ByteConnection>();

/** What a connection is told to do: the name of a method, and what it is given. */
type Order = readonly [method: keyof ByteConnection, ...args: readonly unknown[]];

function tellConnection(call: number, orders: readonly Order[]): void {
  const connection = calls.get(call) as Record<string, unknown> | undefined;
  for (const [name, ...args] of orders) {
    const method = connection?.[name];
    if (typeof method === 'function') method.apply(connection, args);
  }
}

function dialFor(call: number, address: ServerAddress): void {
  const { tellTest } = globalThis as unknown as { tellTest: Tell };
  let isDialling = true;
  const tell = (is: string, detail?: unknown): void => {
    if (isDialling) throw new Error('told from within the call');
    tellTest(call, is, detail, calls.get(call)?.unsentBytes ?? 0);
  };
  const connection = dial(address, {
    onOpen: (proof) => tell('open', proof),
    onData: (bytes) => tell('data', [...bytes]),
    onDrain: () => tell('drain'),
    onClose: (failure) => tell('closed', failure),
  });
  calls.set(call, connection);
  isDialling = false;
}

offer({
  dial: dialFor,
  tellConnection,
  maxHeldBytes: () => maxHeldBytes,
  // With a prototype, so that it stays here as a whole.
  suite: async (name: CiphersuiteName): Promise<unknown> =>
    Object.create(
      await getCiphersuiteImpl(
        getCiphersuiteFromName(name),
        browserCryptoProvider(new SigningKeys()),
      ),
    ),
  suiteSizes: async (name: CiphersuiteName) => {
    const suite = getCiphersuiteFromName(name);
    const { kdf, hpke } = await getCiphersuiteImpl(suite, browserCryptoProvider(new SigningKeys()));
    return { size: kdf.size, keyLength: hpke.keyLength, nonceLength: hpke.nonceLength };
  },
  compression: () => browserCompression,
  fileCiphers: () => browserFileCiphers,
});
