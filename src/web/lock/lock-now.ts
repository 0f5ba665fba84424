// Locks the store again: the page ends what is under way, and is loaded anew, so that nothing of it stays in the memory
// of the page. Also after it was hidden for as long as the person has set.

import type { Session } from '../chat/session.ts';
import { preferenceOf } from '../preferences.ts';

/** What is sent may arrive, within the time that leaving takes; a client that never came is not waited for. */
const leaveWithinMs = 6_000;

export async function lockNow(session: Session): Promise<void> {
  session.drafts.close();
  const tooLong = new Promise((resolve) => setTimeout(resolve, leaveWithinMs));
  await Promise.race([session.leave().catch(() => {}), tooLong]);
  location.reload();
}

/** Locks a page that was hidden for too long. For pages whose store has a lock. */
export function lockWhenHidden(session: Session): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let hiddenAt = 0;
  const limitMs = (): number => Number(preferenceOf('lock-after')) * 60_000;
  document.addEventListener('visibilitychange', () => {
    clearTimeout(timer);
    const after = limitMs();
    // `off` is no number.
    if (Number.isNaN(after)) return;
    if (document.hidden) {
      hiddenAt = Date.now();
      timer = setTimeout(() => void lockNow(session), after);
    } else if (hiddenAt > 0 && Date.now() - hiddenAt >= after) {
      // A browser may stop the timers of a hidden page.
      void lockNow(session);
    }
  });
}
