// The only file that names the MLS library (ts-mls, pinned to one version). This ring uses it only through here, so
// one list shows what a change of version affects. Internal: no other ring imports this file, and what is behind
// `mls` in an exported type must not be looked at.
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
// Deep imports: the library's front does not show who sent a message (decryptSenderData), nor what a Welcome
// says before it is acted upon.
export { ratchetTreeFromExtension } from 'ts-mls/groupInfo.js';
export { makeKeyPackageRef, verifyKeyPackage } from 'ts-mls/keyPackage.js';
export { verifyLeafNodeSignatureKeyPackage } from 'ts-mls/leafNode.js';
export { decryptSenderData } from 'ts-mls/privateMessage.js';
export { decryptGroupInfo, decryptGroupSecrets } from 'ts-mls/welcome.js';

/** Under this key the exported types of this ring keep what belongs to the library. */
export const mls: unique symbol = Symbol('mls');
