// MLS commits that a hostile member or newcomer could make with a client of their own, for tests of the policy: mostly
// such as the library, asked alone, would follow.
import { createOwnLeaf, type GroupSession } from '../../src/e2ee/group/group-session.ts';
import { encodeCommitData, type CommitKind } from '../../src/e2ee/group/authenticated-data.ts';
import { encodeMessage } from '../../src/e2ee/codec.ts';
import {
  createCommit,
  createGroupInfoWithExternalPub,
  decodeMlsMessage,
  emptyPskIndex,
  encodeMlsMessage,
  joinGroupExternal,
  mls,
  processPublicMessage,
  type CiphersuiteImpl,
  type ClientState,
  type LeafNode,
  type PublicMessage,
} from '../../src/e2ee/mls.ts';
import { groupConfig } from '../../src/e2ee/group/profile.ts';
import { commitData, suite, type Account } from './group.ts';

export interface EntryTricks {
  /** The leaf that the entry removes. */
  readonly removes?: number;
  readonly leaf?: Partial<LeafNode>;
  /** Ciphers that lie. */
  readonly ciphers?: CiphersuiteImpl;
  readonly data?: Uint8Array;
}

/** An external commit of `who` to the group that `member` is in. */
export async function hostileEntry(
  who: Account,
  member: GroupSession,
  { removes, leaf = {}, ciphers = suite[mls], data }: EntryTricks,
): Promise<Uint8Array> {
  const { state } = member[mls];
  const own = await createOwnLeaf(suite, who.device, who.identity);
  const open = { ...own.open, leafNode: { ...own.open.leafNode, ...leaf } };
  const victim = removes === undefined ? undefined : state.ratchetTree[2 * removes];
  const config = {
    ...groupConfig,
    authService: { validateCredential: async () => true },
    keyPackageEqualityConfig: {
      ...groupConfig.keyPackageEqualityConfig,
      compareKeyPackageToLeafNode: (_: unknown, node: LeafNode) =>
        victim?.nodeType === 'leaf' && victim.leaf === node,
    },
  };
  const joined = await joinGroupExternal(
    await createGroupInfoWithExternalPub(state, [], suite[mls]),
    open as typeof own.open,
    own.secret,
    removes !== undefined,
    ciphers,
    state.ratchetTree,
    config,
    data ?? encodeCommitData({ ...commitData(), kind: 'enter' }),
  );
  const { publicMessage } = joined;
  return encodeMessage({ version: 'mls10', wireformat: 'mls_public_message', publicMessage });
}

type CommitOptions = NonNullable<Parameters<typeof createCommit>[1]>;

/** A commit of `member`, as `options` say, from a state that may lie. */
export async function hostileCommit(
  member: GroupSession,
  kind: CommitKind,
  options: CommitOptions = {},
  lies: { readonly state?: Partial<ClientState>; readonly ciphers?: CiphersuiteImpl } = {},
): Promise<Uint8Array> {
  const { state } = member[mls];
  const made = await createCommit(
    { state: { ...state, ...lies.state }, cipherSuite: lies.ciphers ?? suite[mls] },
    {
      wireAsPublicMessage: true,
      authenticatedData: encodeCommitData({ ...commitData(), kind }),
      ...options,
    },
  );
  return encodeMessage(made.commit);
}

/** `commit` with something else inside. Its signature does not fit then. */
export function altered(
  commit: Uint8Array,
  change: (message: PublicMessage) => PublicMessage,
): Uint8Array {
  return encodeMlsMessage({
    version: 'mls10',
    wireformat: 'mls_public_message',
    publicMessage: change(publicMessageOf(commit)),
  });
}

/** The message in `commit`. */
export function publicMessageOf(commit: Uint8Array): PublicMessage {
  const message = decodeMlsMessage(commit.slice(), 0)?.[0];
  if (message?.wireformat !== 'mls_public_message') throw new Error('no public message');
  return message.publicMessage;
}

/** Whether the library alone, with a service that certifies everybody, would follow `commit`. */
export async function libraryFollows(session: GroupSession, commit: Uint8Array): Promise<boolean> {
  const config = { ...groupConfig, authService: { validateCredential: async () => true } };
  const state = { ...session[mls].state, clientConfig: config };
  try {
    await processPublicMessage(state, publicMessageOf(commit), emptyPskIndex, suite[mls]);
    return true;
  } catch {
    return false;
  }
}

/** Ciphers whose public keys are what `change` makes of them. */
export function withPublicKeys(change: (key: Uint8Array) => Uint8Array): CiphersuiteImpl {
  const { hpke } = suite[mls];
  const exportPublicKey: typeof hpke.exportPublicKey = async (key) =>
    change(await hpke.exportPublicKey(key));
  return { ...suite[mls], hpke: { ...hpke, exportPublicKey } };
}

/** Ciphers that seal nothing for anybody. */
export function withoutCiphertexts(): CiphersuiteImpl {
  const { hpke } = suite[mls];
  const nothing = new Uint8Array(0);
  return { ...suite[mls], hpke: { ...hpke, seal: async () => ({ ct: nothing, enc: nothing }) } };
}
