// The content of a PM line: MLS tokens, or something that a person typed at a client without encryption.
import { decodeBase64url } from '../../../../lib/base64url.ts';
import { readWelcome, type SealedWelcome } from '../../../../e2ee/join-session.ts';
import { readSealed, type SealedMessage } from '../../../../e2ee/pair-session.ts';

export type Payload =
  | {
      readonly kind: 'sealed';
      readonly bytes: Uint8Array;
      readonly message: SealedMessage;
      /** Undefined where there is none, or none that can be read. */
      readonly welcome: SealedWelcome | undefined;
    }
  /** It starts as our messages do, but is none: altered on the way. Never to be shown as somebody's text. */
  | { readonly kind: 'damaged'; readonly bytes: Uint8Array }
  | { readonly kind: 'plaintext' };

// MLS 1.0, private message [RFC 9420 §6]. Nobody types that, and nothing shorter than this is one.
const head = [0, 1, 0, 2] as const;
const leastSealedBytes = 64;

/** Reads the payload of a PM line. */
export function readPayload(payload: string): Payload {
  const [first = '', second, ...more] = payload.split(' ');
  const bytes = decodeBase64url(first);
  if (bytes === undefined || more.length > 0) return { kind: 'plaintext' };
  const message = readSealed(bytes);
  if (!message.ok) {
    const looksSealed =
      bytes.length >= leastSealedBytes && head.every((byte, at) => bytes[at] === byte);
    return looksSealed ? { kind: 'damaged', bytes } : { kind: 'plaintext' };
  }
  const welcomeBytes = second === undefined ? undefined : decodeBase64url(second);
  const welcome = welcomeBytes === undefined ? undefined : readWelcome(welcomeBytes);
  return {
    kind: 'sealed',
    bytes,
    message: message.value,
    welcome: welcome?.ok ? welcome.value : undefined,
  };
}
