// The bytes of the parts in which a group session is stored (session-parts.ts): nodes of the tree, keys of a leaf, the
// core. Each has one encoding, and nothing else decodes.
import { concatBytes, equalBytes } from '../../../lib/bytes.ts';
import {
  decodeGroupStateWithoutTree,
  decodeNode,
  encodeGroupStateWithoutTree,
  encodeNode,
  type ClientState,
  type Node,
  type RatchetTree,
} from '../../mls.ts';
import type { KeyRatchet } from '../group-session.ts';

const recordVersion = 1;
const widthBytes = 2;
const generationBytes = 4;
const lengthBytes = 4;
const absent = new Uint8Array(0);

/** What a state holds besides the tree, the ratchets and the device's signing key. */
export type StateCore = Omit<ClientState, 'clientConfig'>;

/** About 1 KB: version, width of the tree, and the library's encoding of a state that lacks what has parts of its own. */
export function encodeCore(state: StateCore): Uint8Array {
  const core: StateCore = {
    ...state,
    secretTree: [],
    signaturePrivateKey: absent,
    historicalReceiverData: new Map(),
  };
  const width = encodeNumber(state.ratchetTree.length, widthBytes);
  return concatBytes(Uint8Array.of(recordVersion), width, encodeGroupStateWithoutTree(core));
}

/** The core in `bytes`, and how wide its tree is. */
export function decodeCore(
  bytes: Uint8Array,
): { readonly core: StateCore; readonly width: number } | undefined {
  const width = decodeNumber(bytes.subarray(1, 1 + widthBytes));
  const tree: RatchetTree = Array.from({ length: width }, () => undefined);
  // A copy: what is decoded are views into it, which are wiped as they are used up.
  const copy = bytes.slice(1 + widthBytes);
  const core = attempt(() => decodeGroupStateWithoutTree(tree)(copy, 0)?.[0]);
  return core !== undefined && equalBytes(encodeCore(core), bytes) ? { core, width } : undefined;
}

/** The bytes of a node of the tree, in a copy of its own: decoded nodes are views into whole messages. */
export function encodeTreeNode(node: Node): Uint8Array {
  return encodeNode(node);
}

export function decodeTreeNode(bytes: Uint8Array): Node | undefined {
  const node = attempt(() => decodeNode(bytes.slice(), 0)?.[0]);
  return node !== undefined && equalBytes(encodeNode(node), bytes) ? node : undefined;
}

/** 68 bytes: where a leaf's ratchet stands. No keys of overtaken messages are kept (profile.ts). */
export function encodeRatchet({ generation, secret }: KeyRatchet): Uint8Array {
  return concatBytes(encodeNumber(generation, generationBytes), secret);
}

/** The ratchet in `bytes`. `secretBytes` is how long secrets of the suite are. */
export function decodeRatchet(bytes: Uint8Array, secretBytes: number): KeyRatchet | undefined {
  if (bytes.length !== generationBytes + secretBytes) return undefined;
  return {
    generation: decodeNumber(bytes.subarray(0, generationBytes)),
    secret: bytes.slice(generationBytes),
    unusedGenerations: {},
  };
}

/** All `parts`, each with its length before it. */
export function joinParts(parts: readonly Uint8Array[]): Uint8Array {
  return concatBytes(
    Uint8Array.of(recordVersion),
    ...parts.flatMap((part) => [encodeNumber(part.length, lengthBytes), part]),
  );
}

/** The parts that fill `bytes`, in copies. */
export function splitParts(bytes: Uint8Array): Uint8Array[] | undefined {
  if (bytes[0] !== recordVersion) return undefined;
  const parts: Uint8Array[] = [];
  for (let at = 1; at < bytes.length;) {
    const start = at + lengthBytes;
    const end = start + decodeNumber(bytes.subarray(at, start));
    if (end > bytes.length || start > bytes.length) return undefined;
    parts.push(bytes.slice(start, end));
    at = end;
  }
  return parts;
}

/** A number of at most 4 bytes, most significant byte first. */
export function encodeNumber(value: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (value >>> (8 * (length - 1 - at))) & 0xff);
}

export function decodeNumber(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

/** The library's decoders return undefined or throw, as it happens. */
export function attempt<T>(decode: () => T | undefined): T | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}
