// Short texts of a locked store (../local-texts.ts), encrypted like its rows.
import { decodeBase64url, encodeBase64url } from '../../../lib/base64url.ts';
import { encodeUtf8 } from '../../../lib/bytes.ts';
import { plainTexts, type LocalTexts } from '../local-texts.ts';
import type { RowCipher } from './row-cipher.ts';

const part = 'texts';
const head = 'locked ';

/** What was not written by it is not there for it. */
export function sealedTexts(cipher: RowCipher): LocalTexts {
  return {
    read(key) {
      const kept = plainTexts.read(key);
      const sealed = kept?.startsWith(head) === true && decodeBase64url(kept.slice(head.length));
      if (!sealed) return undefined;
      try {
        return new TextDecoder().decode(cipher.open(part, [key], sealed));
      } catch {
        // Of another lock, or damaged: no more than what was typed in a last moment.
        return undefined;
      }
    },
    keep(key, text) {
      const sealed = text === undefined ? undefined : cipher.seal(part, [key], encodeUtf8(text));
      plainTexts.keep(key, sealed && `${head}${encodeBase64url(sealed)}`);
    },
  };
}

/** Encrypts those that are not. */
export function sealTexts(sealed: LocalTexts, keys: readonly string[]): void {
  for (const key of keys) {
    const text = plainTexts.read(key);
    if (text?.startsWith(head) === false) sealed.keep(key, text);
  }
}

/** Decrypts those that are encrypted. */
export function unsealTexts(sealed: LocalTexts, keys: readonly string[]): void {
  for (const key of keys) {
    if (plainTexts.read(key)?.startsWith(head) === true) plainTexts.keep(key, sealed.read(key));
  }
}
