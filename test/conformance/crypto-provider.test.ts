import { nodeCryptoProvider } from '../../src/platform/node/crypto/crypto-provider.ts';
import { cryptoProviderConformance } from './crypto-provider.ts';
import { mlsVectors } from './mls-vectors.ts';

const suites = [
  'MLS_256_XWING_AES256GCM_SHA512_Ed25519',
  'MLS_128_DHKEMP256_AES128GCM_SHA256_P256',
] as const;

cryptoProviderConformance('on Node', suites, async () => nodeCryptoProvider);
mlsVectors('on Node', [1, 2, 7], async () => nodeCryptoProvider);
