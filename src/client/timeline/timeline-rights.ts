// What a person may do with a message of the timeline, and why not, in words.
import { err, ok } from '../../lib/result.ts';
import { cannotAmend } from '../wording/cannot-amend.ts';
import type { ConversationKind, MessageItem, MessageRights, Verdict } from './model.ts';

export interface RightsOf {
  /** Whether this person has an account: version 1 has only texts. */
  readonly isAccount: boolean;
  /** Of the group, as far as is known: who is one may delete what others have said. */
  readonly isAdmin: boolean;
  readonly kind: ConversationKind;
}

/** For everybody there to find: both of a private conversation say what, and those who lead a group. */
function mayPin({ kind, isAdmin }: RightsOf): Verdict {
  if (kind === 'lobby') return err(cannotAmend.noPins);
  return kind === 'person' || isAdmin ? ok(undefined) : err(cannotAmend.notYourPins);
}

export function rightsOf(item: MessageItem, of: RightsOf): MessageRights {
  const { isAccount, isAdmin } = of;
  const lack = lackOf(item, isAccount);
  if (lack !== undefined) return { edit: lack, delete: lack, react: lack, reply: lack, pin: lack };
  const isText = item.content.kind === 'text';
  return {
    edit: !item.isOwn ? err(cannotAmend.notOwn) : isText ? ok(undefined) : err(cannotAmend.notText),
    delete: item.isOwn || isAdmin ? ok(undefined) : err(cannotAmend.notYours),
    react: ok(undefined),
    reply: ok(undefined),
    pin: mayPin(of),
  };
}

function lackOf(item: MessageItem, isAccount: boolean): Verdict | undefined {
  if (!isAccount) return err(cannotAmend.guest);
  if (item.deleted !== undefined) return err(cannotAmend.deleted);
  if (item.state === 'waiting') return err(cannotAmend.waiting);
  if (item.state === 'failed') return err(cannotAmend.failed);
  if (item.seq !== undefined) return undefined;
  return err(item.rowId === undefined ? cannotAmend.unnumbered : cannotAmend.old);
}
