// The record of a session between two runs of a program: SECRET. It holds everything but the device's signing key,
// which has its own record (device.ts), so a stolen session signs nothing.
//
// Sealing and opening use up the session that they are given, but not a record decoded before. Decoding the same
// record twice and sealing with both uses one key twice. Store the new record before anything that was sealed is
// sent.
import { concatBytes, equalBytes } from '../lib/bytes.ts';
import { ok, type Result } from '../lib/result.ts';
import { configFor } from './client-config.ts';
import { userOf } from './credential.ts';
import type { Device } from './device.ts';
import { decodeGroupState, encodeGroupState, mls, type ClientState } from './mls.ts';
import {
  groupIdBytes,
  groupIdVersion,
  pairEpoch,
  sessionOf,
  type PairSession,
} from './pair-session.ts';
import { refuse, type Refusal } from './refusal.ts';
import { suiteName, type Suite } from './suite.ts';

type GroupState = Omit<ClientState, 'clientConfig'>;

export type SessionRecordRefusal = Refusal<
  | 'malformed' // damaged, or of another version
  | 'other-device' // of a device or user other than the one that wants to use it
>;

const recordVersion = 1;
const absent = new Uint8Array(0);

/** The record of `session`, for `decodeSession`. About 4 KB, and up to 20 KB if many messages were overtaken. */
export function encodeSession(session: PairSession): Uint8Array {
  return encodeState(session[mls].state);
}

/** The session of the user `me` on `device` in a record. `bytes` still belong to the caller. */
export function decodeSession(
  suite: Suite,
  device: Device,
  me: string,
  bytes: Uint8Array,
): Result<PairSession, SessionRecordRefusal> {
  const state = decodeState(bytes);
  if (state === undefined || !fitsProfile(state)) {
    return refuse('malformed', 'not a session record of this version');
  }
  const { leafIndex } = state.privatePath;
  const own = state.ratchetTree[2 * leafIndex];
  const other = state.ratchetTree[2 * (1 - leafIndex)];
  if (own?.nodeType !== 'leaf' || other?.nodeType !== 'leaf') {
    return refuse('malformed', 'not a session of two people');
  }
  const peer = userOf(other.leaf.credential);
  const isOwn =
    userOf(own.leaf.credential) === me && equalBytes(own.leaf.signaturePublicKey, device.publicKey);
  if (!isOwn || peer === undefined) return refuse('other-device', 'a session of another device');
  const clientConfig = configFor({ me, myKey: device.publicKey, peer });
  const signaturePrivateKey = device[mls].signKey;
  const whole = { ...state, signaturePrivateKey, clientConfig };
  return ok(sessionOf(suite[mls], whole, peer, other.leaf.signaturePublicKey));
}

function encodeState(state: GroupState): Uint8Array {
  const keyless = { ...state, signaturePrivateKey: absent };
  return concatBytes(Uint8Array.of(recordVersion), encodeGroupState(keyless));
}

/**
 * Only the one canonical encoding of a state is accepted. The library's decoder accepts trailing bytes, and may throw
 * or not.
 */
function decodeState(bytes: Uint8Array): GroupState | undefined {
  if (bytes[0] !== recordVersion) return undefined;
  try {
    // A copy: the decoded state holds views into it, which are wiped when they are used.
    const state = decodeGroupState(bytes.slice(1), 0)?.[0];
    return state !== undefined && equalBytes(encodeState(state), bytes) ? state : undefined;
  } catch {
    // The library also fails this way for malformed bytes.
    return undefined;
  }
}

/** What `startSession` and `joinSession` make, and nothing else. */
function fitsProfile(state: GroupState): boolean {
  const { cipherSuite, epoch, groupId, extensions } = state.groupContext;
  const { leafIndex } = state.privatePath;
  return (
    cipherSuite === suiteName &&
    epoch === pairEpoch &&
    extensions.length === 0 &&
    groupId.length === groupIdBytes &&
    groupId[0] === groupIdVersion &&
    state.ratchetTree.length === 3 &&
    state.secretTree.length === 3 &&
    (leafIndex === 0 || leafIndex === 1) &&
    state.historicalReceiverData.size === 0 &&
    Object.keys(state.unappliedProposals).length === 0 &&
    state.groupActiveState.kind === 'active'
  );
}
