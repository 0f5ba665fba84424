// What a file is that a view may show by itself: pictures, sound and video, known by the bytes at their beginning and never
// by the name or by what the sender says. Anything else is not media: markup, documents and pictures that are programs
// (SVG) among it. Whoever shows one gives the browser the type from here, so that it reads nothing else into it. Pure.
// [PNG §5.2] [GIF89a §17] [RFC 9649] [JPEG B.1.1.3] [ISO 14496-12 §4.3] [RFC 3533 §6] [RFC 9639 §8.1]

export interface Picture {
  readonly kind: 'picture';
  readonly type: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' | 'image/avif';
  /** Undefined: this file does not tell. */
  readonly pixels: number | undefined;
  /** Whether it may be several pictures that follow each other. */
  readonly mayMove: boolean;
}

export interface Recording {
  readonly kind: 'sound' | 'video';
  readonly type: string;
}

export type Media = Picture | Recording;

/** So much of the beginning of a file is enough to know it. */
export const mediaHeadBytes = 64 * 1024;

/** A file of a type that is shown, or undefined. `head`: its first bytes. */
export function mediaOf(head: Uint8Array): Media | undefined {
  return pictureOf(head) ?? recordingOf(head);
}

function pictureOf(head: Uint8Array): Picture | undefined {
  if (begins(head, '\x89PNG\r\n\x1A\n') && begins(head, 'IHDR', 12)) {
    const pixels = product(big(head, 16, 4), big(head, 20, 4));
    return { kind: 'picture', type: 'image/png', pixels, mayMove: holds(head, 'acTL') };
  }
  if (begins(head, 'GIF87a') || begins(head, 'GIF89a')) {
    const pixels = product(little(head, 6, 2), little(head, 8, 2));
    return { kind: 'picture', type: 'image/gif', pixels, mayMove: true };
  }
  if (begins(head, 'RIFF') && begins(head, 'WEBP', 8)) {
    return { kind: 'picture', type: 'image/webp', ...webp(head) };
  }
  if (begins(head, '\xFF\xD8\xFF')) {
    return { kind: 'picture', type: 'image/jpeg', pixels: jpegPixels(head), mayMove: false };
  }
  const brand = brandOf(head);
  if (brand === 'avif' || brand === 'avis') {
    const mayMove = brand === 'avis';
    return { kind: 'picture', type: 'image/avif', pixels: undefined, mayMove };
  }
  return undefined;
}

function recordingOf(head: Uint8Array): Recording | undefined {
  const brand = brandOf(head);
  if (brand?.startsWith('M4A') === true) return { kind: 'sound', type: 'audio/mp4' };
  if (brand !== undefined && videoBrands.has(brand)) return { kind: 'video', type: 'video/mp4' };
  if (begins(head, '\x1A\x45\xDF\xA3') && holds(head.subarray(0, 128), 'webm')) {
    return { kind: 'video', type: 'video/webm' };
  }
  if (begins(head, 'OggS')) {
    const first = head.subarray(0, 128);
    const isSound = holds(first, 'OpusHead') || holds(first, 'vorbis') || holds(first, 'FLAC');
    return isSound ? { kind: 'sound', type: 'audio/ogg' } : undefined;
  }
  if (begins(head, 'fLaC')) return { kind: 'sound', type: 'audio/flac' };
  if (begins(head, 'RIFF') && begins(head, 'WAVE', 8)) return { kind: 'sound', type: 'audio/wav' };
  // Eleven bits of a frame of MPEG's layer III, with a bit rate and a frequency that exist.
  const [first = 0, second = 0, third = 0] = head;
  const isFrame = first === 0xff && (second & 0xe6) === 0xe2;
  const isPossible = (third & 0xf0) !== 0xf0 && (third & 0xf0) !== 0 && (third & 0x0c) !== 0x0c;
  if (begins(head, 'ID3') || (isFrame && isPossible)) return { kind: 'sound', type: 'audio/mpeg' };
  return undefined;
}

const videoBrands: ReadonlySet<string> = new Set([
  'isom',
  'iso2',
  'iso4',
  'iso5',
  'iso6',
  'mp41',
  'mp42',
  'avc1',
  'M4V ',
  'dash',
]);

/** The brand of a file that begins with a box `ftyp`. */
function brandOf(head: Uint8Array): string | undefined {
  if (!begins(head, 'ftyp', 4) || head.length < 12) return undefined;
  return String.fromCharCode(...head.subarray(8, 12));
}

function webp(head: Uint8Array): Pick<Picture, 'pixels' | 'mayMove'> {
  if (begins(head, 'VP8X', 12)) {
    const pixels = product(plusOne(little(head, 24, 3)), plusOne(little(head, 27, 3)));
    return { pixels, mayMove: ((head[20] ?? 0) & 2) !== 0 };
  }
  if (begins(head, 'VP8 ', 12)) {
    const side = (at: number) => little(head, at, 2);
    const [width, height] = [side(26), side(28)];
    // The two highest bits are how it is to be scaled.
    const pixels = product(width && width & 0x3fff, height && height & 0x3fff);
    return { pixels, mayMove: false };
  }
  if (begins(head, 'VP8L', 12)) {
    const bits = little(head, 21, 4);
    const pixels = bits && ((bits & 0x3fff) + 1) * (((bits >>> 14) & 0x3fff) + 1);
    return { pixels, mayMove: false };
  }
  return { pixels: undefined, mayMove: true };
}

/** Goes from segment to segment to the one that begins the picture. */
function jpegPixels(head: Uint8Array): number | undefined {
  let at = 2;
  while (at + 9 < head.length && head[at] === 0xff) {
    const marker = head[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return product(big(head, at + 7, 2), big(head, at + 5, 2));
    const length = big(head, at + 2, 2) ?? 0;
    if (length < 2) return undefined;
    at += 2 + length;
  }
  return undefined;
}

function begins(bytes: Uint8Array, text: string, from = 0): boolean {
  for (let at = 0; at < text.length; at++)
    if (bytes[from + at] !== text.charCodeAt(at)) return false;
  return true;
}

function holds(bytes: Uint8Array, text: string): boolean {
  for (let from = 0; from + text.length <= bytes.length; from++)
    if (begins(bytes, text, from)) return true;
  return false;
}

function big(bytes: Uint8Array, at: number, length: number): number | undefined {
  if (at + length > bytes.length) return undefined;
  return bytes.subarray(at, at + length).reduce((sum, byte) => sum * 256 + byte, 0);
}

function little(bytes: Uint8Array, at: number, length: number): number | undefined {
  if (at + length > bytes.length) return undefined;
  return bytes.subarray(at, at + length).reduceRight((sum, byte) => sum * 256 + byte, 0);
}

function plusOne(number: number | undefined): number | undefined {
  return number === undefined ? undefined : number + 1;
}

function product(width: number | undefined, height: number | undefined): number | undefined {
  return width === undefined || height === undefined ? undefined : width * height;
}
