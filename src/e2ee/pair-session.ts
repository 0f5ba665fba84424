// A session of exactly two people: one MLS group, made with one commit that adds the peer, and never changed afterwards
// (a new session is a new group; start-session.ts, join-session.ts). A session is a value: sealing and opening consume
// one and return the next. THE OLD ONE MUST NOT BE USED AGAIN, its keys are wiped: callers use one queue per
// conversation, because two uses of one state would use one key twice. Nothing that a peer or a server sends makes
// these functions throw.
import { formatHex } from '../lib/bytes.ts';
import { ok, type Result } from '../lib/result.ts';
import { isAble, type Ability } from './client-config.ts';
import { decodePrivateMessage, encodeMessage, type CodecRefusal } from './codec.ts';
import {
  createApplicationMessage,
  decryptSenderData,
  mls,
  unprotectPrivateMessage,
  type CiphersuiteImpl,
  type ClientState,
  type PrivateMessage,
} from './mls.ts';
import { pad, unpad } from './padding.ts';
import { refuse, type Refusal } from './refusal.ts';

/**
 * Group ids: this version byte and 16 random bytes. A library that numbers the suite differently needs another version.
 */
export const groupIdVersion = 1;
export const groupIdBytes = 17;
/** A group's first and only epoch with two members [RFC 9420 §12.4]. */
export const pairEpoch = 1n;

export interface PairSession {
  /** The group's id in hex. */
  readonly groupId: string;
  readonly peer: string;
  /** The signature key of the peer's device in this group. */
  readonly peerKey: Uint8Array;
  readonly [mls]: {
    readonly suite: CiphersuiteImpl;
    readonly state: ClientState;
    readonly peerLeaf: number;
  };
}

/** A PrivateMessage as it came in, not yet opened. */
export interface SealedMessage {
  readonly groupId: string;
  readonly [mls]: PrivateMessage;
}

export type OpenRefusal = Refusal<
  | 'unknown-group' // of another group than this session
  | 'wrong-epoch'
  | 'not-a-text' // a commit or proposal, which this profile never sends
  | 'own-message' // sent by this device: somebody sends our own lines back
  | 'wrong-sender'
  | 'already-read' // a repeat, or overtaken by more messages than keys are kept for
  | 'unreadable' // altered on the way, or from a state that was lost
>;

/** Whether the peer's client has said, when the session was made, that it can do that. */
export function peerCan({ [mls]: { state, peerLeaf } }: PairSession, ability: Ability): boolean {
  const node = state.ratchetTree[2 * peerLeaf];
  return node?.nodeType === 'leaf' && isAble(node.leaf.capabilities, ability);
}

/** `content` (at most `maxPlaintextBytes`) encrypted for the peer, and the session that follows. */
export async function seal(
  session: PairSession,
  content: Uint8Array,
): Promise<{ readonly session: PairSession; readonly bytes: Uint8Array }> {
  const { suite, state } = session[mls];
  const padded = pad(content);
  const made = await createApplicationMessage(state, padded, suite);
  padded.fill(0);
  wipe(made.consumed);
  const { privateMessage } = made;
  return {
    session: advanced(session, made.newState),
    bytes: encodeMessage({ version: 'mls10', wireformat: 'mls_private_message', privateMessage }),
  };
}

/** Reads the unencrypted part of a sealed message: which group it belongs to. */
export function readSealed(bytes: Uint8Array): Result<SealedMessage, CodecRefusal> {
  const decoded = decodePrivateMessage(bytes);
  if (!decoded.ok) return decoded;
  return ok({ groupId: formatHex(decoded.value.groupId), [mls]: decoded.value });
}

/**
 * What the peer of `session` encrypted, and the session that follows. After a refusal the given session stays usable.
 * The sender is proven to be the peer: by the leaf that the message names, and by its signature.
 */
export async function open(
  session: PairSession,
  sealed: SealedMessage,
): Promise<Result<{ readonly session: PairSession; readonly content: Uint8Array }, OpenRefusal>> {
  const { suite, state } = session[mls];
  const message = sealed[mls];
  if (sealed.groupId !== session.groupId) return refuse('unknown-group', 'of another conversation');
  if (message.epoch !== pairEpoch) return refuse('wrong-epoch', 'of an epoch that does not exist');
  if (message.contentType !== 'application' || message.authenticatedData.length > 0) {
    return refuse('not-a-text', 'not a message that this protocol sends');
  }
  try {
    const { tree, content, consumed } = await unprotectPrivateMessage(
      state.keySchedule.senderDataSecret,
      message,
      state.secretTree,
      state.ratchetTree,
      state.groupContext,
      state.clientConfig.keyRetentionConfig,
      suite,
    );
    const { content: framed } = content;
    if (framed.contentType !== 'application' || framed.sender.senderType !== 'member') {
      return refuse('not-a-text', 'no message inside');
    }
    const foreign = notOfPeer(session, framed.sender.leafIndex);
    if (foreign !== undefined) return foreign;
    wipe(consumed);
    const opened = unpad(framed.applicationData);
    framed.applicationData.fill(0);
    if (!opened.ok) return refuse('unreadable', opened.error.reason);
    const next = advanced(session, { ...state, secretTree: tree });
    return ok({ session: next, content: opened.value });
  } catch {
    // The library throws for every message that its keys or signatures do not match.
    return whyNot(session, message);
  }
}

function notOfPeer(
  { [mls]: { state, peerLeaf } }: PairSession,
  leaf: number,
): Result<never, OpenRefusal> | undefined {
  if (leaf === peerLeaf) return undefined;
  return leaf === state.privatePath.leafIndex
    ? refuse('own-message', 'sent by this device itself')
    : refuse('wrong-sender', 'not sent by the peer');
}

/** The library does not say why: the sender's part, which has a key of its own, tells own messages and repeats. */
async function whyNot(
  session: PairSession,
  message: PrivateMessage,
): Promise<Result<never, OpenRefusal>> {
  const { suite, state, peerLeaf } = session[mls];
  try {
    const sender = await decryptSenderData(message, state.keySchedule.senderDataSecret, suite);
    if (sender === undefined) return refuse('unreadable', 'it names no sender');
    const foreign = notOfPeer(session, sender.leafIndex);
    if (foreign !== undefined) return foreign;
    const ratchet = state.secretTree[2 * peerLeaf]?.application;
    const past = ratchet !== undefined && sender.generation < ratchet.generation;
    if (past && ratchet.unusedGenerations[sender.generation] === undefined) {
      return refuse('already-read', 'a repeat, or overtaken by too many others');
    }
  } catch {
    // It is as unreadable as the rest.
  }
  return refuse('unreadable', 'it does not open: altered on the way, or made with lost keys');
}

/** The session of `state`; internal to this ring. */
export function sessionOf(
  suite: CiphersuiteImpl,
  state: ClientState,
  peer: string,
  peerKey: Uint8Array,
): PairSession {
  const peerLeaf = state.privatePath.leafIndex === 0 ? 1 : 0;
  const groupId = formatHex(state.groupContext.groupId);
  return { groupId, peer, peerKey, [mls]: { suite, state, peerLeaf } };
}

function advanced(session: PairSession, state: ClientState): PairSession {
  return { ...session, [mls]: { ...session[mls], state } };
}

/** Used keys are wiped as soon as the next state exists, so that a later theft of memory reveals no past message. */
function wipe(consumed: readonly Uint8Array[]): void {
  for (const secret of consumed) secret.fill(0);
}
