// Joins a session that a peer made, by their Welcome [RFC 9420 §12.4.3.1]. The Welcome is first opened and compared
// with the shape of this profile: two leaves, nothing else. The library would follow a hostile tree (unmerged leaves
// that point anywhere) without end.
import { equalBytes, formatHex } from '../lib/bytes.ts';
import { ok, type Result } from '../lib/result.ts';
import { configFor, type LeafLifetime } from './client-config.ts';
import { decodeWelcome, type CodecRefusal } from './codec.ts';
import { userOf } from './credential.ts';
import type { Device } from './device.ts';
import { forgetKeyPackage, type PendingKeyPackage } from './key-package.ts';
import {
  decryptGroupInfo,
  decryptGroupSecrets,
  emptyPskIndex,
  joinGroup,
  mls,
  ratchetTreeFromExtension,
  type CiphersuiteImpl,
  type Welcome,
} from './mls.ts';
import {
  groupIdBytes,
  groupIdVersion,
  pairEpoch,
  sessionOf,
  type PairSession,
} from './pair-session.ts';
import { refuse, type Refusal } from './refusal.ts';
import { suiteName, type Suite } from './suite.ts';

/** A Welcome as it came in, not yet opened. */
export interface SealedWelcome {
  /** The KeyPackageRef, in hex, of the key package that it was made for. */
  readonly reference: string;
  readonly [mls]: Welcome;
}

export type JoinRefusal = Refusal<
  | 'unreadable' // not for this key package, altered, or one of its signatures does not fit
  | 'wrong-shape' // a group that this profile does not make
  | 'wrong-peer' // made by, or for, somebody else
>;

/** Reads the unencrypted part of a Welcome: which key package it answers. */
export function readWelcome(
  bytes: Uint8Array,
): Result<SealedWelcome, CodecRefusal | Refusal<'wrong-shape'>> {
  const decoded = decodeWelcome(bytes);
  if (!decoded.ok) return decoded;
  const [only, ...others] = decoded.value.secrets;
  if (only === undefined || others.length > 0 || decoded.value.cipherSuite !== suiteName) {
    return refuse('wrong-shape', 'not a welcome for one person in this cipher suite');
  }
  return ok({ reference: formatHex(only.newMember), [mls]: decoded.value });
}

/**
 * Joins the session of `welcome`, which must have exactly two people: the user `me` on `device`, who made the key
 * package `pending`, and the user `peer`. On success `pending` is wiped: it serves once. `lifetime` is `any` if
 * Welcomes may have waited longer than key packages are valid.
 */
export async function joinSession(
  suite: Suite,
  device: Device,
  me: string,
  pending: PendingKeyPackage,
  welcome: SealedWelcome,
  peer: string,
  lifetime: LeafLifetime = 'current',
): Promise<Result<PairSession, JoinRefusal>> {
  const ciphers = suite[mls];
  const { open, secret } = pending[mls];
  if (welcome.reference !== pending.reference) {
    return refuse('unreadable', 'for another key package');
  }
  try {
    const peerKey = await inspect(ciphers, device, me, pending, welcome[mls], peer);
    if (!peerKey.ok) return peerKey;
    const config = configFor({ me, myKey: device.publicKey, peer }, lifetime);
    const state = await joinGroup(
      welcome[mls],
      open,
      secret,
      emptyPskIndex,
      ciphers,
      undefined,
      undefined,
      config,
    );
    forgetKeyPackage(pending);
    return ok(sessionOf(ciphers, state, peer, peerKey.value));
  } catch {
    // The library throws for every key, signature and hash that does not match.
    return refuse('unreadable', 'it does not open, or its signatures do not fit');
  }
}

/** The peer's signature key, from a Welcome whose content has the shape of this profile. May throw, as above. */
async function inspect(
  ciphers: CiphersuiteImpl,
  device: Device,
  me: string,
  pending: PendingKeyPackage,
  welcome: Welcome,
  peer: string,
): Promise<Result<Uint8Array, JoinRefusal>> {
  const misshapen = refuse('wrong-shape', 'not a conversation of two as this protocol makes it');
  const reference = welcome.secrets[0]?.newMember;
  if (reference === undefined) return misshapen;
  const initKey = await ciphers.hpke.importPrivateKey(pending[mls].secret.initPrivateKey);
  const secrets = await decryptGroupSecrets(initKey, reference, welcome, ciphers.hpke);
  if (secrets === undefined || secrets.pathSecret !== undefined || secrets.psks.length > 0) {
    return misshapen;
  }
  const noPsk = new Uint8Array(ciphers.kdf.size);
  const info = await decryptGroupInfo(welcome, secrets.joinerSecret, noPsk, ciphers);
  secrets.joinerSecret.fill(0);
  if (info === undefined) return misshapen;
  const { cipherSuite, epoch, groupId, extensions } = info.groupContext;
  const contextFits =
    cipherSuite === suiteName &&
    epoch === pairEpoch &&
    extensions.length === 0 &&
    groupId.length === groupIdBytes &&
    groupId[0] === groupIdVersion;
  if (!contextFits || info.signer !== 0 || info.extensions.length !== 1) return misshapen;
  const tree = ratchetTreeFromExtension(info);
  if (tree === undefined || tree.length !== 3) return misshapen;
  const [maker, parent, joiner] = tree;
  if (maker?.nodeType !== 'leaf' || parent !== undefined || joiner?.nodeType !== 'leaf') {
    return misshapen;
  }
  const madeByPeer = userOf(maker.leaf.credential) === peer;
  const isMine =
    userOf(joiner.leaf.credential) === me &&
    equalBytes(joiner.leaf.signaturePublicKey, device.publicKey);
  if (!madeByPeer || !isMine) return refuse('wrong-peer', 'made by or for somebody else');
  return ok(maker.leaf.signaturePublicKey);
}
