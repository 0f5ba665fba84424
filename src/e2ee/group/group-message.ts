// Messages in a sealed group. The sender is looked up in the tree of the message's own epoch: the number of a leaf is
// given again to whoever enters next. Messages of the two epochs before still open, if their sender is still there.
// Messages are opened in the order of the log, MLS commits among them: keys of overtaken ones are not kept.
import { formatHex } from '../../lib/bytes.ts';
import { ok, type Result } from '../../lib/result.ts';
import { decodePrivateMessage, encodeMessage, type CodecRefusal } from '../codec.ts';
import {
  createApplicationMessage,
  decryptSenderData,
  mls,
  unprotectPrivateMessage,
  type PrivateMessage,
} from '../mls.ts';
import { pad, unpad } from '../padding.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { decodeMessageData, encodeMessageData, type MessageData } from './authenticated-data.ts';
import { groupSessionOf, wipe, type GroupSession, type PastEpoch } from './group-session.ts';
import { groupConfig } from './profile.ts';
import { findLeafOfKey, groupLeafOf, leafNodeAt, type GroupLeaf } from './public-group.ts';

/** A message as it came in, not yet opened. What it says of itself is proven by opening it. */
export interface SealedGroupMessage {
  readonly groupId: string;
  readonly epoch: number;
  readonly data: MessageData;
  readonly [mls]: PrivateMessage;
}

/** A message that was opened. */
export interface OpenedGroupMessage {
  readonly session: GroupSession;
  readonly content: Uint8Array;
  /** Whose signature it has, as of the message's epoch. */
  readonly sender: GroupLeaf;
  readonly epoch: number;
  readonly data: MessageData;
}

export type ReadMessageRefusal = CodecRefusal | Refusal<'not-a-text'>;

export type GroupMessageRefusal = Refusal<
  | 'other-group'
  | 'stale-epoch' // older than what is kept, or from before this session
  | 'future-epoch' // commits are missing
  | 'own-message' // sent by this leaf itself
  | 'sender-out' // late, from somebody who has been removed since
  | 'already-read' // a repeat, or overtaken by a later one of the same sender
  | 'unreadable' // altered on the way, or of a state that was lost
>;

/** `content` (at most `maxPlaintextBytes`) sealed for the group, and the session that follows. */
export async function sealInGroup(
  session: GroupSession,
  content: Uint8Array,
  data: MessageData,
): Promise<{ readonly session: GroupSession; readonly bytes: Uint8Array }> {
  const { suite, state, past } = session[mls];
  const padded = pad(content);
  const made = await createApplicationMessage(state, padded, suite, encodeMessageData(data));
  padded.fill(0);
  wipe(made.consumed);
  const { privateMessage } = made;
  return {
    session: groupSessionOf(suite, made.newState, past),
    bytes: encodeMessage({ version: 'mls10', wireformat: 'mls_private_message', privateMessage }),
  };
}

/** Reads the outside of a sealed message. */
export function readGroupMessage(
  bytes: Uint8Array,
): Result<SealedGroupMessage, ReadMessageRefusal> {
  const decoded = decodePrivateMessage(bytes);
  if (!decoded.ok) return decoded;
  const { groupId, epoch, contentType, authenticatedData } = decoded.value;
  const data = decodeMessageData(authenticatedData);
  if (contentType !== 'application' || data === undefined || epoch > Number.MAX_SAFE_INTEGER) {
    return refuse('not-a-text', 'not a message that this protocol sends');
  }
  return ok({ groupId: formatHex(groupId), epoch: Number(epoch), data, [mls]: decoded.value });
}

/**
 * What a member sealed, who it was, and the session that follows. After a refusal the session given is still the one to
 * use. Messages are opened in the order of the log, commits among them: then `sender-out` says that the sender sealed it
 * without knowing, or wanting to know, of the removal.
 */
export async function openInGroup(
  session: GroupSession,
  sealed: SealedGroupMessage,
): Promise<Result<OpenedGroupMessage, GroupMessageRefusal>> {
  const { suite, state } = session[mls];
  if (sealed.groupId !== session.groupId) return refuse('other-group', 'of another group');
  if (sealed.epoch > session.epoch) return refuse('future-epoch', 'of an epoch that is to come');
  const epoch = epochOf(session, sealed.epoch);
  if (epoch === undefined) return refuse('stale-epoch', 'of an epoch whose keys are gone');
  try {
    const { content, tree, consumed } = await unprotectPrivateMessage(
      epoch.senderDataSecret,
      sealed[mls],
      epoch.secretTree,
      epoch.tree,
      epoch.context,
      groupConfig.keyRetentionConfig,
      suite,
    );
    if (content.content.contentType !== 'application') return unreadable;
    if (content.content.sender.senderType !== 'member') return unreadable;
    const { leafIndex } = content.content.sender;
    if (leafIndex === session.leaf) return refuse('own-message', 'sent by this device itself');
    const node = leafNodeAt(epoch.tree, leafIndex);
    const sender = node && groupLeafOf(leafIndex, node);
    if (sender === undefined) return unreadable;
    if (epoch.tree !== state.ratchetTree && !isStillIn(session, sender)) {
      return refuse('sender-out', `${sender.identity.name} is no longer in the group`);
    }
    const opened = unpad(content.content.applicationData);
    content.content.applicationData.fill(0);
    if (!opened.ok) return refuse('unreadable', opened.error.reason);
    wipe(consumed);
    const { data } = sealed;
    const next = withRatchets(session, sealed.epoch, tree);
    return ok({ session: next, content: opened.value, sender, epoch: sealed.epoch, data });
  } catch {
    // The library throws for every message that its keys or signatures do not fit.
    return whyNot(session, epoch, sealed[mls]);
  }
}

const unreadable = refuse(
  'unreadable',
  'it does not open: altered on the way, or made with lost keys',
);

type OpenableEpoch = Omit<PastEpoch, 'confirmationTag'>;

function epochOf(session: GroupSession, epoch: number): OpenableEpoch | undefined {
  const { state, past } = session[mls];
  if (epoch !== session.epoch) return past.find(({ context }) => Number(context.epoch) === epoch);
  const { groupContext: context, ratchetTree: tree, secretTree, keySchedule } = state;
  return { context, tree, secretTree, senderDataSecret: keySchedule.senderDataSecret };
}

function isStillIn(session: GroupSession, sender: GroupLeaf): boolean {
  return findLeafOfKey(session[mls].state.ratchetTree, sender.key) !== undefined;
}

function withRatchets(
  session: GroupSession,
  epoch: number,
  secretTree: PastEpoch['secretTree'],
): GroupSession {
  const { suite, state, past } = session[mls];
  if (epoch === session.epoch) return groupSessionOf(suite, { ...state, secretTree }, past);
  const kept = past.map((one) =>
    Number(one.context.epoch) === epoch ? { ...one, secretTree } : one,
  );
  return groupSessionOf(suite, state, kept);
}

/** The library does not say why: the sender's part, which has a key of its own, tells own messages and repeats. */
async function whyNot(
  session: GroupSession,
  epoch: OpenableEpoch,
  message: PrivateMessage,
): Promise<Result<never, GroupMessageRefusal>> {
  const { suite } = session[mls];
  try {
    const sender = await decryptSenderData(message, epoch.senderDataSecret, suite);
    if (sender === undefined) return unreadable;
    if (sender.leafIndex === session.leaf) {
      return refuse('own-message', 'sent by this device itself');
    }
    const ratchet = epoch.secretTree[2 * sender.leafIndex]?.application;
    const past = ratchet !== undefined && sender.generation < ratchet.generation;
    return past ? refuse('already-read', 'a repeat, or overtaken by a later one') : unreadable;
  } catch {
    return unreadable;
  }
}
