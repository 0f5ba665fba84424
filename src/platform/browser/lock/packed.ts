// A stored value as bytes, so that it can be encrypted: JSON, and behind it the bytes that are in it. What IndexedDB keeps
// and JSON does not (bytes, maps, fields that are there and undefined) stands there as an object with one name of its own.
// The length is rounded up, so that it does not tell how long a short text is. Reads only what it has written.
import { concatBytes, encodeUtf8 } from '../../../lib/bytes.ts';
import { invariant } from '../../../lib/invariant.ts';

/** The JSON is padded to a multiple of this. */
const stepBytes = 64;
const lengthBytes = 4;

/** Stands for what is no JSON: bytes by their place and length, the entries of a map, undefined. */
const mark = '$helo';

export function pack(value: unknown): Uint8Array {
  const attached: Uint8Array[] = [];
  const text = JSON.stringify(toJson(value, attached));
  const bare = encodeUtf8(text).length;
  const padded = encodeUtf8(
    text + ' '.repeat((stepBytes - ((bare + lengthBytes) % stepBytes)) % stepBytes),
  );
  const head = new Uint8Array(lengthBytes);
  new DataView(head.buffer).setUint32(0, padded.length);
  return concatBytes(head, padded, ...attached);
}

export function unpack(packed: Uint8Array): unknown {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length);
  const end = lengthBytes + view.getUint32(0);
  const json: unknown = JSON.parse(new TextDecoder().decode(packed.subarray(lengthBytes, end)));
  return fromJson(json, packed.subarray(end));
}

function toJson(value: unknown, attached: Uint8Array[]): unknown {
  if (value === undefined) return { [mark]: 'undefined' };
  if (value instanceof Uint8Array) {
    attached.push(value);
    return { [mark]: value.length };
  }
  if (value instanceof Map) return { [mark]: toJson([...value], attached) };
  if (Array.isArray(value)) return value.map((one) => toJson(one, attached));
  if (typeof value !== 'object' || value === null) {
    invariant(typeof value !== 'number' || Number.isFinite(value), 'a finite number');
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, toJson(one, attached)]),
  );
}

function fromJson(json: unknown, attached: Uint8Array): unknown {
  let at = 0;
  const read = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(read);
    if (typeof value !== 'object' || value === null) return value;
    if (!(mark in value)) {
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, read(one)]));
    }
    const marked = value[mark];
    if (typeof marked === 'number') return attached.slice(at, (at += marked));
    return Array.isArray(marked)
      ? new Map(read(marked) as readonly (readonly [unknown, unknown])[])
      : undefined;
  };
  return read(json);
}
