// The only file that imports the MLS library (ts-mls, pinned to one version). This ring uses it only through here, so
// one list shows what a change of version affects. Internal: no other ring imports this file or looks at what is behind
// `mls` in an exported type.
export {
  createApplicationMessage,
  createCommit,
  createGroup,
  decodeGroupState,
  decodeMlsMessage,
  emptyPskIndex,
  encodeGroupState,
  encodeMlsMessage,
  generateKeyPackageWithKey,
  getCiphersuiteFromName,
  getCiphersuiteImpl,
  joinGroup,
  processPrivateMessage,
  type Capabilities,
  type CiphersuiteImpl,
  type CiphersuiteName,
  type ClientConfig,
  type ClientState,
  type Credential,
  type CryptoProvider,
  type KeyPackage,
  type MLSMessage,
  type PrivateKeyPackage,
  type PrivateMessage,
  type Welcome,
} from 'ts-mls';
export { defaultKeyPackageEqualityConfig } from 'ts-mls';
// Deep imports: the library's main module does not show who sent a message (decryptSenderData), or what a Welcome
// contains before it is applied.
export { ratchetTreeFromExtension } from 'ts-mls/groupInfo.js';
export { makeKeyPackageRef, verifyKeyPackage } from 'ts-mls/keyPackage.js';
export { verifyLeafNodeSignatureKeyPackage } from 'ts-mls/leafNode.js';
export { decryptSenderData } from 'ts-mls/privateMessage.js';
export { decryptGroupInfo, decryptGroupSecrets } from 'ts-mls/welcome.js';

/** Exported types of this ring keep the library's own data under this key. */
export const mls: unique symbol = Symbol('mls');
