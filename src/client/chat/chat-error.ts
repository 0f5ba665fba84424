// The errors of the public library, as one class with a code. Match on the code: the text is for people and may
// change. docs/LIBRARY.md lists the codes.

import type { CloseReason } from '../client-state.ts';

export class ChatError extends Error {
  override readonly name = 'ChatError';
  /** What happened: the code of a refused command, of a refused message, or of the end of a chat. */
  readonly code: string;
  /** How the chat ended, if it has. */
  readonly reason: CloseReason | undefined;

  constructor(code: string, message: string, reason?: CloseReason) {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}

/** The error for a chat that has ended or never began. */
export function endedBecause(reason: CloseReason): ChatError {
  switch (reason.code) {
    case 'refused': {
      const message = `the server refused: ${reason.text}`;
      return new ChatError(reason.reply ?? reason.code, message, reason);
    }
    case 'unreachable':
    case 'store-failed':
      return new ChatError(reason.code, reason.failure.detail, reason);
    case 'untrusted':
      return new ChatError(
        reason.code,
        `the server has another ${reason.what} than the one that is known`,
        reason,
      );
    case 'unproven':
      return new ChatError(reason.code, 'the server could not prove who it is', reason);
    case 'accounts-gone':
      return new ChatError(
        reason.code,
        'the server has accounts no longer, or somebody hides them',
        reason,
      );
    case 'not-a-chat-server':
      return new ChatError(reason.code, 'this is no chat server', reason);
    case 'silent':
      return new ChatError(reason.code, 'the server took the connection and said nothing', reason);
    case 'disconnected':
      return new ChatError(reason.code, `the server ended it: ${reason.text}`, reason);
    case 'quit':
    case 'lost':
    case 'overlong-line':
    case 'stalled':
      return new ChatError(reason.code, 'the chat is over', reason);
  }
}
