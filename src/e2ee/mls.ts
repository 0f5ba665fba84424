// The only file that imports the MLS library (ts-mls, pinned to one version). This ring uses it only through here, so
// one list shows what a change of version affects. Internal: no other ring imports this file or looks at what is behind
// `mls` in an exported type.
//
// By its modules, not by its main one: that one brings every cipher suite with it (a third more of a page, and files that
// nobody loads). Besides, it does not show who sent a message (decryptSenderData, unprotectPrivateMessage), or what a
// Welcome contains before it is applied; it stores states only whole; and it cannot follow commits without being a member
// (the functions on trees and transcripts).
export type {
  Capabilities,
  CiphersuiteImpl,
  CiphersuiteName,
  ClientConfig,
  ClientState,
  Credential,
  CryptoProvider,
  GroupContext,
  GroupInfo,
  KeyPackage,
  LeafNode,
  MLSMessage,
  PrivateKeyPackage,
  PrivateMessage,
  Proposal,
  PublicMessage,
  UpdatePath,
  Welcome,
} from 'ts-mls';
export {
  createGroup,
  decodeGroupState,
  decodeGroupStateWithoutTree,
  encodeGroupState,
  encodeGroupStateWithoutTree,
  joinGroup,
  nextEpochContext,
} from 'ts-mls/clientState.js';
export {
  createCommit,
  createGroupInfoWithExternalPub,
  createGroupInfoWithExternalPubAndRatchetTree,
  joinGroupExternal,
} from 'ts-mls/createCommit.js';
export { createApplicationMessage } from 'ts-mls/createMessage.js';
export { getCiphersuiteFromName } from 'ts-mls/crypto/ciphersuite.js';
export { verifyFramedContentSignature } from 'ts-mls/framedContent.js';
export { decodeGroupContext, encodeGroupContext } from 'ts-mls/groupContext.js';
export { ratchetTreeFromExtension, verifyGroupInfoSignature } from 'ts-mls/groupInfo.js';
export {
  generateKeyPackageWithKey,
  makeKeyPackageRef,
  verifyKeyPackage,
} from 'ts-mls/keyPackage.js';
export { defaultKeyPackageEqualityConfig } from 'ts-mls/keyPackageEqualityConfig.js';
export { verifyLeafNodeSignature, verifyLeafNodeSignatureKeyPackage } from 'ts-mls/leafNode.js';
export { mlsExporter } from 'ts-mls/keySchedule.js';
export { decodeMlsMessage, encodeMlsMessage } from 'ts-mls/message.js';
export { unprotectPrivateMessage } from 'ts-mls/messageProtection.js';
export { decryptSenderData } from 'ts-mls/privateMessage.js';
export { processPrivateMessage, processPublicMessage } from 'ts-mls/processMessages.js';
export { emptyPskIndex } from 'ts-mls/pskIndex.js';
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
