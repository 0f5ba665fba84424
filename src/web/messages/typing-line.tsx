// Who is writing in the open conversation. It has its place whether or not somebody is, so that nothing moves; and it is no
// live region: whoever hears the page is not told of each beginning.

import { typingWords } from '../../client/wording/typing-words.ts';
import type { Session } from '../chat/session.ts';

export function TypingLine({ session }: { readonly session: Session }) {
  session.watch();
  return <p class="typing">{typingWords(session.focus.conversation.typing)}</p>;
}
