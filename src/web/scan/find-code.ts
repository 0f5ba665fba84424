// Finds the QR code in a picture: by the browser's own reader where it has one, otherwise by a library, which is loaded
// then. What stands in a code is only returned, as text that may be anything.

/** What both readers are. The browser's own is in no types yet [WICG Shape Detection]. */
interface CodeReader {
  detect(source: CodeSource): Promise<readonly { readonly rawValue: string }[]>;
}

interface OwnReader {
  new (options: { readonly formats: readonly string[] }): CodeReader;
  getSupportedFormats(): Promise<readonly string[]>;
}

export type CodeSource = ImageBitmap | HTMLVideoElement;

const format = 'qr_code';

/** Longer sides of a picture are made shorter: a code in it is large enough then, and its reading takes less time. */
const maxSide = 1600;
/** No photograph is larger. */
const maxPictureBytes = 64 * 1024 * 1024;

/** The text of a code in `source`. Undefined: none was found. */
export type FindCode = (source: CodeSource) => Promise<string | undefined>;

export async function codeFinder(): Promise<FindCode> {
  const reader = (await ownReader()) ?? (await loadedReader());
  return async (source) => {
    const [found] = await reader.detect(source);
    return found?.rawValue;
  };
}

async function ownReader(): Promise<CodeReader | undefined> {
  const { BarcodeDetector: Own } = globalThis as { readonly BarcodeDetector?: OwnReader };
  try {
    const formats = await Own?.getSupportedFormats();
    return Own !== undefined && formats?.includes(format) === true
      ? new Own({ formats: [format] })
      : undefined;
  } catch {
    // It is there by its name alone, as on systems without the service behind it.
    return undefined;
  }
}

async function loadedReader(): Promise<CodeReader> {
  const { BarcodeDetector } = await import('qr/decode.js');
  return new BarcodeDetector({ formats: [format] });
}

/** Reads a picture. Undefined: there is no code in it, or it is no picture. */
export async function codeInPicture(picture: Blob): Promise<string | undefined> {
  if (picture.size > maxPictureBytes) return undefined;
  let whole: ImageBitmap;
  try {
    whole = await createImageBitmap(picture);
  } catch {
    // It is not a picture that this browser knows.
    return undefined;
  }
  const larger = Math.max(whole.width, whole.height);
  const scale = Math.min(1, maxSide / larger);
  const small = await createImageBitmap(whole, {
    resizeWidth: Math.max(1, Math.round(whole.width * scale)),
    resizeHeight: Math.max(1, Math.round(whole.height * scale)),
    resizeQuality: 'high',
  });
  whole.close();
  const find = await codeFinder();
  try {
    return await find(small);
  } finally {
    small.close();
  }
}
