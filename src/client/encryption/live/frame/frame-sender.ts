// From a frame to the line: encrypted in a session, with the Welcome beside it while the peer may still need it.
import { encodeBase64url } from '../../../../lib/base64url.ts';
import { seal } from '../../../../e2ee/pair-session.ts';
import { sealHashOf, type MessengerContext } from '../messenger-context.ts';
import { encodeFrame, type LiveFrameBody } from './live-frame.ts';
import type { SessionEntry } from '../session-book.ts';

/** Own messages whose session is remembered, in case the peer asks for them. */
const maxRemembered = 128;

export class FrameSender {
  readonly #requests: MessengerContext;
  readonly #user: string;
  readonly #sessions = new Map<string, string>();

  constructor(requests: MessengerContext, user: string) {
    this.#requests = requests;
    this.#user = user;
  }

  /** Encrypts and sends one frame. The result identifies the message in a resend frame. */
  async send(entry: SessionEntry, body: LiveFrameBody): Promise<string> {
    const { incarnation, suite, wire } = this.#requests;
    const frame = encodeFrame({ incarnation, generation: entry.generation, body });
    const sealed = await seal(entry.session, frame);
    frame.fill(0);
    // Before it is sent: the used state must never encrypt again.
    entry.session = sealed.session;
    const hash = await sealHashOf(suite, sealed.bytes);
    this.#remember(hash, entry.session.groupId);
    const token = encodeBase64url(sealed.bytes);
    this.#requests.lineTo(this.#user);
    wire.privateMessage(
      this.#user,
      entry.welcome === undefined ? token : `${token} ${entry.welcome}`,
    );
    return hash;
  }

  /** The session of the message with `hash`, if it is a recent one of ours. */
  sessionOf(hash: string): string | undefined {
    return this.#sessions.get(hash);
  }

  #remember(hash: string, groupId: string): void {
    this.#sessions.set(hash, groupId);
    if (this.#sessions.size <= maxRemembered) return;
    const [oldest] = this.#sessions.keys();
    if (oldest !== undefined) this.#sessions.delete(oldest);
  }
}
