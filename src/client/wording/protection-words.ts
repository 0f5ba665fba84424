// Whether what is written in a conversation is encrypted, and to whose key; and how far an own message has come. In
// words and shapes, so that they say the same without colours.

import type { ConversationSummary, Protection, SentState } from '../timeline/model.ts';

/** In a row of their own. */
export const protectionWords: Readonly<Record<Protection, string>> = {
  open: '○ not encrypted: the server can read it',
  sealed: '◇ sealed: only its members can read it',
  untried: '◇ will be end-to-end encrypted, key unknown',
  encrypted: '◇ end-to-end encrypted, key not verified',
  verified: '◆ end-to-end encrypted, key verified',
  changed: '! KEY CHANGED, nothing is sent',
};

/** The shorter words, for narrow screens. */
export const shortProtectionWords: Readonly<Record<Protection, string>> = {
  open: '○ not encrypted',
  sealed: '◇ sealed',
  untried: '◇ key unknown',
  encrypted: '◇ encrypted',
  verified: '◆ verified',
  changed: '! KEY CHANGED',
};

export const sentWords: Readonly<Record<SentState, string>> = {
  waiting: '…',
  sent: '✓',
  delivered: '✓✓',
  read: '✓✓✓',
  failed: '✗ not delivered',
};

/** Who reads what is written in a conversation, as sentences. */
export function readersWords({
  kind,
  name,
  isLeft,
  protection,
}: Pick<ConversationSummary, 'kind' | 'name' | 'isLeft' | 'protection'>): readonly string[] {
  switch (kind) {
    case 'lobby':
      return protection === 'sealed'
        ? ['This is the lobby: accounts read what you write, and nobody else. It is sealed.']
        : ['This is the lobby: everybody here reads what you write.'];
    case 'group':
      if (isLeft) return [`You are not in ${name}.`];
      return protection === 'sealed'
        ? [`The members of ${name} read what you write here, and nobody else: it is sealed.`]
        : [`The members of ${name} read what you write here.`, 'The server can read it too.'];
    case 'person':
      return [`What you write here is for ${name} alone, encrypted.`];
  }
}

/** `◇`: a sealed group. Private conversations are encrypted all, and show who is here. */
export function conversationSign({ kind, protection, isHere }: ConversationSummary): string {
  switch (kind) {
    case 'lobby':
      return protection === 'sealed' ? '◇' : '≡';
    case 'group':
      return protection === 'sealed' ? '◇' : '#';
    case 'person':
      return isHere === true ? '●' : '○';
  }
}
