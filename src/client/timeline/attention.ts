// What calls for a person's attention: the one place that decides it, for lists, titles, badges and notifications, in every
// view. Pure. What was said counts as unread whatever is decided here.

import type { ConversationSummary } from './model.ts';

type Calling = Pick<ConversationSummary, 'kind' | 'unread' | 'mentions' | 'mutedUntil' | 'rule'>;

/** Unread messages there that stand out: of a muted conversation those that name this person. */
export function callsIn({
  unread,
  mentions,
  mutedUntil,
  rule,
}: Pick<Calling, 'unread' | 'mentions' | 'mutedUntil' | 'rule'>): number {
  if (rule === 'nothing') return 0;
  return rule === 'mentions' || mutedUntil !== undefined ? mentions : unread;
}

/**
 * Those of them of which somebody who looks elsewhere is told: without a rule what is said in private, and what names this
 * person.
 */
export function tellsIn(conversation: Calling): number {
  const { kind, mentions, rule } = conversation;
  const calls = callsIn(conversation);
  return kind === 'person' || rule === 'all' ? calls : Math.min(calls, mentions);
}

/** Of all conversations, for a title or a badge: nothing while the person does not want to be disturbed. */
export function callsOf(model: {
  readonly conversations: readonly ConversationSummary[];
  readonly quietUntil: number | undefined;
}): number {
  if (model.quietUntil !== undefined) return 0;
  return model.conversations.reduce((sum, one) => sum + callsIn(one), 0);
}
