// The content of a PM line: MLS tokens, or something that a person typed at a client without encryption.
import { decodeBase64url } from '../../../../lib/base64url.ts';
import { readWelcome, type SealedWelcome } from '../../../../e2ee/join-session.ts';
import { readSealed, type SealedMessage } from '../../../../e2ee/pair-session.ts';

export type Payload =
  | {
      readonly kind: 'sealed';
      readonly bytes: Uint8Array;
      readonly message: SealedMessage;
      /** Undefined if there is none, or an unreadable one. */
      readonly welcome: SealedWelcome | undefined;
    }
  /** It begins like our messages, but is not one: altered on the way. It must never be shown as a person's text. */
  | { readonly kind: 'damaged'; readonly bytes: Uint8Array }
  | { readonly kind: 'plaintext' };

// MLS 1.0, private message [RFC 9420 §6]. Nobody types that, and no message is shorter than the length below.
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
