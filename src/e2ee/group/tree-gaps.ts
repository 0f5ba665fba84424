// Removals leave gaps in the tree: a blank node is not encrypted to at once, but through each of the nodes below it. Many
// gaps make everybody's commits larger, until they fit no line, so those who are below a gap renew their keys
// (prepareRotation), which closes all gaps above them.
import { filteredDirectPathAndCopathResolution, mls, toLeafIndex } from '../mls.ts';
import type { GroupSession } from './group-session.ts';

export interface TreeGaps {
  /** How many secrets a commit of one's own encrypts now: about 1,200 bytes each. */
  readonly ciphertexts: number;
  /** How many gaps above the own leaf such a commit would close. */
  readonly own: number;
}

/** The gaps in the tree of `session`, as its device sees them. */
export function treeGaps(session: GroupSession): TreeGaps {
  const { ratchetTree } = session[mls].state;
  const path = filteredDirectPathAndCopathResolution(toLeafIndex(session.leaf), ratchetTree);
  return {
    ciphertexts: path.reduce((sum, { resolution }) => sum + resolution.length, 0),
    own: path.filter(({ nodeIndex }) => ratchetTree[nodeIndex] === undefined).length,
  };
}
