// Signals in a sealed group: short words between those who are here, such as that somebody is writing. They do not use the
// ratchets of messages, because lost ones would eat their keys. The key is exported from the epoch [RFC 9420 §8.5], so
// whoever is in the group has it; the device's signature inside says who has made one. All have one size.
import { concatBytes, encodeUtf8, parseHex } from '../../lib/bytes.ts';
import { isSignedBy, signWithDevice } from '../device-signature.ts';
import type { Device } from '../device.ts';
import { mls, mlsExporter, type CiphersuiteImpl } from '../mls.ts';
import { members, type GroupSession } from './group-session.ts';
import type { GroupLeaf } from './public-group.ts';

/** What a signal says, besides who has made it. */
export const signalBodyBytes = 60;
const leafBytes = 4;
const signatureBytes = 64;
const plainBytes = leafBytes + signalBodyBytes + signatureBytes;
const nonceBytes = 12;
const tagBytes = 16;
const onBytes = 8;
const keyBytes = 32;
/** No signature of MLS or of this program begins with these words. */
const words = encodeUtf8('helo signal 1');
const label = 'helo signal';
const nothing = new Uint8Array(0);

/**
 * `body` (`signalBodyBytes`), signed by the own device and sealed for all who are in the epoch: 156 bytes. `on`: the commit
 * line that the state comes from. `random`: 12 bytes, never used twice.
 */
export async function sealSignal(
  session: GroupSession,
  device: Device,
  {
    on,
    body,
    random,
  }: { readonly on: number; readonly body: Uint8Array; readonly random: Uint8Array },
): Promise<Uint8Array> {
  const { suite } = session[mls];
  const said = concatBytes(encodeLeaf(session.leaf), body);
  const signature = await signWithDevice({ [mls]: suite }, device, toSign(session, on, said));
  const key = await keyOf(session);
  const sealed = await suite.hpke.encryptAead(
    key,
    random,
    encodeOn(on),
    concatBytes(said, signature),
  );
  key.fill(0);
  return concatBytes(random, sealed);
}

/** What a signal of this epoch says, and whose it is. Undefined for anything else, and for one of the own device. */
export async function openSignal(
  session: GroupSession,
  on: number,
  bytes: Uint8Array,
): Promise<{ readonly body: Uint8Array; readonly sender: GroupLeaf } | undefined> {
  const { suite } = session[mls];
  const plain = await opened(suite, session, on, bytes);
  if (plain?.length !== plainBytes) return undefined;
  const leaf = new DataView(plain.buffer, plain.byteOffset).getUint32(0);
  const sender = members(session).find((one) => one.leaf === leaf);
  if (sender === undefined || leaf === session.leaf) return undefined;
  const said = plain.slice(0, leafBytes + signalBodyBytes);
  const signature = plain.slice(said.length);
  const isTheirs = await isSignedBy(
    { [mls]: suite },
    sender.key,
    toSign(session, on, said),
    signature,
  );
  return isTheirs ? { body: said.slice(leafBytes), sender } : undefined;
}

async function opened(
  suite: CiphersuiteImpl,
  session: GroupSession,
  on: number,
  bytes: Uint8Array,
): Promise<Uint8Array | undefined> {
  if (bytes.length !== nonceBytes + plainBytes + tagBytes) return undefined;
  const key = await keyOf(session);
  try {
    const nonce = bytes.slice(0, nonceBytes);
    return await suite.hpke.decryptAead(key, nonce, encodeOn(on), bytes.slice(nonceBytes));
  } catch {
    // Of another epoch, or altered.
    return undefined;
  } finally {
    key.fill(0);
  }
}

function keyOf(session: GroupSession): Promise<Uint8Array> {
  const { suite, state } = session[mls];
  return mlsExporter(state.keySchedule.exporterSecret, label, nothing, keyBytes, suite);
}

function toSign({ groupId }: GroupSession, on: number, said: Uint8Array): Uint8Array {
  return concatBytes(words, parseHex(groupId), encodeOn(on), said);
}

function encodeLeaf(leaf: number): Uint8Array {
  const bytes = new Uint8Array(leafBytes);
  new DataView(bytes.buffer).setUint32(0, leaf);
  return bytes;
}

function encodeOn(on: number): Uint8Array {
  const bytes = new Uint8Array(onBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(on));
  return bytes;
}
