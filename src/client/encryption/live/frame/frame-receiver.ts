// An incoming PM line [7.5]: passed to its conversation, if the sender that the server names and the proven one agree.
// Otherwise it is reported and dropped.
import { joinSession, type SealedWelcome } from '../../../../e2ee/join-session.ts';
import type { LiveConversation } from '../live-conversation.ts';
import type { LiveConversations } from '../live-conversations.ts';
import type { MessengerContext } from '../messenger-context.ts';
import type { HeldLine } from '../held-lines.ts';
import type { IssuedKeyPackages } from '../issued-key-packages.ts';
import { readPayload } from './payload.ts';

export class FrameReceiver {
  readonly #requests: MessengerContext;
  readonly #conversations: LiveConversations;
  readonly #keyStock: IssuedKeyPackages;

  constructor(
    requests: MessengerContext,
    conversations: LiveConversations,
    keyStock: IssuedKeyPackages,
  ) {
    this.#requests = requests;
    this.#conversations = conversations;
    this.#keyStock = keyStock;
  }

  /** `PM from payload` came. */
  async receive(from: string, payload: string): Promise<void> {
    const read = readPayload(payload);
    if (read.kind === 'plaintext') {
      this.#requests.emit({ type: 'plaintext', from, text: payload });
      return;
    }
    if (from === this.#requests.me) return;
    const conversation = this.#conversations.open(from);
    if (read.kind === 'damaged') await conversation?.unreadable(read.bytes);
    else await this.#route(from, conversation, read, read.welcome);
  }

  async #route(
    from: string,
    conversation: LiveConversation | undefined,
    line: HeldLine,
    welcome: SealedWelcome | undefined,
  ): Promise<void> {
    const owner = this.#requests.groups.get(line.message.groupId);
    if (owner !== undefined && owner !== from) {
      this.suspect(from, `a message of the conversation with ${owner} came under another name`);
    } else if (owner !== undefined) await conversation?.receive(line);
    else if (welcome === undefined) await conversation?.hold(line);
    else if (conversation !== undefined) await this.#enter(from, conversation, line, welcome);
  }

  /** Joins the session of the Welcome's maker, if all names and keys are right. */
  async #enter(
    from: string,
    conversation: LiveConversation,
    line: HeldLine,
    welcome: SealedWelcome,
  ): Promise<void> {
    const issued = this.#keyStock.find(welcome.reference);
    if (issued === undefined) {
      await conversation.unreadable(line.bytes);
      return;
    }
    if (issued.asker !== from) {
      this.suspect(from, `${from} answers with a key that was made for ${issued.asker}`);
      return;
    }
    const { suite, device, me, groups } = this.#requests;
    const joined = await joinSession(suite, device, me, issued.keyPackage, welcome, from);
    if (!joined.ok) {
      if (joined.error.code === 'wrong-peer') this.suspect(from, 'the sender is somebody else');
      else await conversation.unreadable(line.bytes);
      return;
    }
    this.#keyStock.drop(welcome.reference);
    const { groupId } = joined.value;
    if (groups.has(groupId)) {
      this.suspect(from, 'it claims to be a conversation that exists already');
      return;
    }
    await conversation.joined(joined.value);
    if (line.message.groupId === groupId) await conversation.receive(line);
    else await conversation.hold(line);
    await conversation.settle(groupId);
  }

  /** Reports that the server's name and the proven one differ. */
  suspect(from: string, reason: string): void {
    this.#requests.emit({ type: 'suspicious', from, reason });
  }
}
