// The program's ciphers in a simulated life. Part of their work runs beside the event loop: to know the effects of
// something, one waits until none of it is in progress.
import type { CryptoProvider } from '../../../src/e2ee/suite.ts';
import { openSuite } from '../../../src/e2ee/suite.ts';
import { nodeCryptoProvider } from '../../../src/platform/node/crypto/crypto-provider.ts';
import type { Ciphers } from './toy-ciphers.ts';

export async function openRealCiphers(): Promise<Ciphers> {
  const work = { underWay: 0 };
  const counted = async <T>(result: Promise<T>): Promise<T> => {
    work.underWay += 1;
    try {
      return await result;
    } finally {
      work.underWay -= 1;
    }
  };
  const provider: CryptoProvider = {
    async getCiphersuiteImpl(name) {
      const suite = await nodeCryptoProvider.getCiphersuiteImpl(name);
      const { hpke } = suite;
      return {
        ...suite,
        hpke: {
          ...hpke,
          seal: (...given) => counted(hpke.seal(...given)),
          open: (...given) => counted(hpke.open(...given)),
          importPrivateKey: (...given) => counted(hpke.importPrivateKey(...given)),
          importPublicKey: (...given) => counted(hpke.importPublicKey(...given)),
          exportPublicKey: (...given) => counted(hpke.exportPublicKey(...given)),
          exportPrivateKey: (...given) => counted(hpke.exportPrivateKey(...given)),
          encryptAead: (...given) => counted(hpke.encryptAead(...given)),
          decryptAead: (...given) => counted(hpke.decryptAead(...given)),
          exportSecret: (...given) => counted(hpke.exportSecret(...given)),
          importSecret: (...given) => counted(hpke.importSecret(...given)),
          deriveKeyPair: (...given) => counted(hpke.deriveKeyPair(...given)),
          generateKeyPair: (...given) => counted(hpke.generateKeyPair(...given)),
        },
      };
    },
  };
  const suite = await openSuite(provider);
  const settled = async () => {
    do await new Promise(setImmediate);
    while (work.underWay > 0);
  };
  return { suite, settled };
}
