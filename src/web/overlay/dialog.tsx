// A dialogue over the chat: the browser keeps the focus in it, Escape closes it, and the focus goes back to where it was
// before the first of several that follow each other.

import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import type { Session } from '../chat/session.ts';

export interface DialogProps {
  readonly session: Session;
  readonly title: string;
  readonly children: ComponentChildren;
  /** As wide as the window. */
  readonly isWide?: boolean;
  /** It was closed without an answer. */
  readonly closed?: () => void;
}

export function Dialog({ session, title, children, isWide = false, closed }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    // Of a dialogue that came out of another one, the first one's.
    const before = document.activeElement;
    if (before instanceof HTMLElement && before !== document.body) session.opener = before;
    dialog.current?.showModal();
    return () => queueMicrotask(() => giveFocusBack(session));
  }, [session]);
  const close = (): void => {
    closed?.();
    session.overlay.value = undefined;
    session.soon();
  };
  return (
    <dialog ref={dialog} class={isWide ? 'wide' : undefined} aria-labelledby={id} onClose={close}>
      <header>
        <h2 id={id}>
          <bdi>{title}</bdi>
        </h2>
        <button onClick={() => dialog.current?.close()} aria-label="Close">
          <span aria-hidden="true">×</span>
        </button>
      </header>
      <div class="dialog-body">{children}</div>
      <p class="remark" role="status">
        {session.remark.value}
      </p>
    </dialog>
  );
}

/** Where the person was before; at the text where that is gone, unless a keyboard would come up for it. */
function giveFocusBack(session: Session): void {
  const { opener } = session;
  if (session.overlay.value !== undefined || document.activeElement !== document.body) return;
  session.opener = undefined;
  if (opener?.isConnected === true && opener.checkVisibility()) opener.focus();
  else if (matchMedia('(pointer: fine)').matches)
    document.querySelector<HTMLElement>('.composer textarea')?.focus();
}
