// How long the hash of a tree is (tree-hash.ts). By itself, because a page reads such hashes before it computes any.

/** Bytes of a hash. */
export const treeHashBytes = 32;
