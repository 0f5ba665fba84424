// Links to messages in a page: behind the `#` of its address, which no browser sends to a server, and in what people say.
import { parsePermalink, permalinkAt } from '../../client/permalink/permalink.ts';
import type { Session } from './session.ts';

const onThisMachine = /^(?:localhost|127\.|\[::1\]$)/;

/** The link for others: of this page, or, where it is on this machine alone, in the form that every client takes. */
export function pageLink(link: string): string {
  if (onThisMachine.test(location.hostname)) return link;
  return permalinkAt(location.origin + location.pathname, link);
}

/** Goes to the message of the link in the address bar, now and whenever another one is put there; and of those clicked. */
export function followLinks(session: Session): void {
  const go = async (link: string): Promise<void> => {
    const late = await session.late.catch(() => undefined);
    const verdict = await late?.run(`/goto ${link}`);
    if (verdict !== undefined) session.told(verdict);
  };
  const look = (): void => {
    const { hash } = location;
    if (parsePermalink(hash) === undefined) return;
    history.replaceState(null, '', location.pathname + location.search);
    void go(hash);
  };
  addEventListener('hashchange', look);
  look();
  document.addEventListener('click', (event) => {
    const anchor = event.target instanceof Element ? event.target.closest('a') : undefined;
    // Another tab would find the account's data in use here.
    const isHere = anchor?.origin === location.origin && anchor.pathname === location.pathname;
    if (!isHere || parsePermalink(anchor.hash) === undefined) return;
    event.preventDefault();
    void go(anchor.hash);
  });
}
