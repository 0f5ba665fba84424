// A hash for simulated lives: fast in JavaScript, the same for the same bytes, and different for others as far as
// chance goes. It resists no attacker.

const outputBytes = 32;

/** The boundaries of the parts are hashed too. */
export function toyHash(...parts: readonly Uint8Array[]): Uint8Array {
  let [a, b] = [0x9e3779b9, 0x85ebca6b];
  let [c, d] = [0xc2b2ae35, 0x27d4eb2f];
  for (const part of parts) {
    const { length } = part;
    let at = 0;
    for (; at + 3 < length; at += 4) {
      const word =
        (part[at] ?? 0) |
        ((part[at + 1] ?? 0) << 8) |
        ((part[at + 2] ?? 0) << 16) |
        ((part[at + 3] ?? 0) << 24);
      a = Math.imul(a ^ word, 0x01000193);
      b = Math.imul(b + word, 0x5bd1e995) ^ (a >>> 15);
    }
    for (; at < length; at++) {
      a = Math.imul(a ^ (part[at] ?? 0), 0x01000193);
      b = Math.imul(b + (part[at] ?? 0), 0x5bd1e995) ^ (a >>> 15);
    }
    c = Math.imul(c ^ a ^ length, 0x2c1b3c6d) ^ (b >>> 13);
    d = Math.imul(d + b + a, 0x297a2d39) ^ (c >>> 16);
  }
  const hash = new Uint8Array(outputBytes);
  for (let at = 0; at < outputBytes; at += 4) {
    a = Math.imul(a ^ (d >>> 15) ^ at, 0x85ebca6b);
    b = Math.imul(b ^ (a >>> 13), 0xc2b2ae35);
    c = Math.imul(c ^ (b >>> 16), 0x2c1b3c6d);
    d = Math.imul(d ^ (c >>> 14), 0x297a2d39);
    const word = a ^ b ^ c ^ d;
    hash[at] = word;
    hash[at + 1] = word >>> 8;
    hash[at + 2] = word >>> 16;
    hash[at + 3] = word >>> 24;
  }
  return hash;
}

/** As many bytes as are asked for. */
export function toyStream(length: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const seed = toyHash(...parts);
  if (length <= outputBytes) return seed.slice(0, length);
  const stream = new Uint8Array(length);
  for (let at = 0, counter = 0; at < length; at += outputBytes, counter++) {
    const block = toyHash(seed, Uint8Array.of(counter, counter >>> 8));
    stream.set(block.subarray(0, Math.min(outputBytes, length - at)), at);
  }
  return stream;
}
