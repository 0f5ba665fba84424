// The text being written. Enter sends it, unless a writing system is still composing: then Enter belongs to that.

import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Session } from './session.ts';

export function Composer({ session }: { readonly session: Session }) {
  session.watch();
  const version = session.drafts.version.value;
  const input = useRef<HTMLTextAreaElement>(null);
  const id = session.focus.current.value;
  const draft = session.drafts.of(id);
  useLayoutEffect(() => {
    const area = input.current;
    if (area === null) return;
    if (area.value !== draft.text) area.value = draft.text;
    grow(area);
  }, [id, version]);
  // On a screen that is touched a focus opens the keyboard over the messages.
  useLayoutEffect(() => {
    if (matchMedia('(pointer: fine)').matches) input.current?.focus();
  }, [id]);
  const typed = (event: InputEvent): void => {
    const area = event.currentTarget as HTMLTextAreaElement;
    const before = session.drafts.of(id);
    const isPaste =
      event.inputType.startsWith('insertFromPaste') || event.inputType === 'insertFromDrop';
    const wasPasted = before.text === '' ? isPaste : before.wasPasted;
    session.drafts.type(id, { text: area.value, wasPasted });
    session.remark.value = undefined;
    grow(area);
  };
  const send = (): void => void session.send();
  const pressed = (event: KeyboardEvent): void => {
    // Some browsers end the composition before the key comes: 229 says that it was part of one.
    if (event.isComposing || event.keyCode === composing) return;
    const area = event.currentTarget as HTMLTextAreaElement;
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      send();
    } else if (event.key === 'ArrowUp' && area.value === '' && session.lastSent !== undefined) {
      event.preventDefault();
      session.drafts.set(id, { text: session.lastSent, wasPasted: false });
    } else if ((event.key === 'PageUp' || event.key === 'PageDown') && !event.altKey) {
      document.querySelector('[role=log]')?.scrollBy({
        top: (event.key === 'PageUp' ? -1 : 1) * pageShare * innerHeight,
      });
      event.preventDefault();
    }
  };
  const { isLeft, kind, name } = session.focus.conversation;
  const label =
    kind === 'person'
      ? `Write to ${name}`
      : kind === 'group'
        ? `Write in ${name}`
        : 'Write to everybody';
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <p class="remark" role="status">
        {session.remark.value}
      </p>
      <textarea
        ref={input}
        rows={1}
        dir="auto"
        aria-label={label}
        placeholder={isLeft ? `You are not in ${name}` : label}
        enterkeyhint="send"
        onInput={typed}
        onKeyDown={pressed}
      />
      <button class="main">Send</button>
    </form>
  );
}

const composing = 229;
const pageShare = 0.6;

/** As high as its text, up to what the style allows. */
function grow(area: HTMLTextAreaElement): void {
  area.style.blockSize = 'auto';
  area.style.blockSize = `${area.scrollHeight + 2}px`;
}
