// The only file that imports the MLS library (ts-mls, pinned to one version). This ring uses it only through here, so
// one list shows what a change of version affects. Internal: no other ring imports this file or looks at what is behind
// `mls` in an exported type.
export {
  createApplicationMessage,
  createCommit,
  createGroup,
  createGroupInfoWithExternalPub,
  createGroupInfoWithExternalPubAndRatchetTree,
  decodeGroupState,
  decodeMlsMessage,
  emptyPskIndex,
  encodeGroupState,
  encodeMlsMessage,
  generateKeyPackageWithKey,
  getCiphersuiteFromName,
  getCiphersuiteImpl,
  joinGroup,
  joinGroupExternal,
  processPrivateMessage,
  processPublicMessage,
  type Capabilities,
  type CiphersuiteImpl,
  type CiphersuiteName,
  type ClientConfig,
  type ClientState,
  type Credential,
  type CryptoProvider,
  type GroupContext,
  type GroupInfo,
  type KeyPackage,
  type LeafNode,
  type MLSMessage,
  type PrivateKeyPackage,
  type PrivateMessage,
  type Proposal,
  type PublicMessage,
  type UpdatePath,
  type Welcome,
} from 'ts-mls';
export { defaultKeyPackageEqualityConfig } from 'ts-mls';
// Deep imports: the library's main module does not show who sent a message (decryptSenderData,
// unprotectPrivateMessage), or what a Welcome contains before it is applied. It stores states only whole, and it cannot
// follow commits without being a member (the functions on trees and transcripts).
export {
  decodeGroupStateWithoutTree,
  encodeGroupStateWithoutTree,
  nextEpochContext,
} from 'ts-mls/clientState.js';
export { verifyFramedContentSignature } from 'ts-mls/framedContent.js';
export { decodeGroupContext, encodeGroupContext } from 'ts-mls/groupContext.js';
export { ratchetTreeFromExtension, verifyGroupInfoSignature } from 'ts-mls/groupInfo.js';
export { makeKeyPackageRef, verifyKeyPackage } from 'ts-mls/keyPackage.js';
export { verifyLeafNodeSignature, verifyLeafNodeSignatureKeyPackage } from 'ts-mls/leafNode.js';
export { unprotectPrivateMessage } from 'ts-mls/messageProtection.js';
export { decryptSenderData } from 'ts-mls/privateMessage.js';
export {
  addLeafNode,
  decodeNode,
  encodeNode,
  filteredDirectPathAndCopathResolution,
  findBlankLeafNodeIndexOrExtend,
  removeLeafNode,
  type Node,
  type RatchetTree,
} from 'ts-mls/ratchetTree.js';
export { treeHashRoot } from 'ts-mls/treeHash.js';
export { nodeToLeafIndex, toLeafIndex } from 'ts-mls/treemath.js';
export { applyUpdatePath } from 'ts-mls/updatePath.js';
export { decryptGroupInfo, decryptGroupSecrets } from 'ts-mls/welcome.js';

/** Exported types of this ring keep the library's own data under this key. */
export const mls: unique symbol = Symbol('mls');
