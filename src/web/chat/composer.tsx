// The text being written. Enter sends it, unless a writing system is still composing: then the keys belong to that.

import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Session, SuggestedInput } from './session.ts';

export function Composer({ session }: { readonly session: Session }) {
  session.watch();
  const version = session.drafts.version.value;
  const input = useRef<HTMLTextAreaElement>(null);
  const suggestions = session.suggestions.value;
  const id = session.focus.current.value;
  const messages = session.messages.value;
  const edited = messages?.edited;
  const draft = edited ?? session.drafts.of(id);
  useLayoutEffect(() => {
    const area = input.current;
    if (area === null) return;
    if (area.value !== draft.text) area.value = draft.text;
    grow(area);
    suggestions?.close();
  }, [id, version, edited]);
  // On a screen that is touched a focus opens the keyboard over the messages.
  useLayoutEffect(() => {
    if (matchMedia('(pointer: fine)').matches) input.current?.focus();
  }, [id]);
  const keep = (area: HTMLTextAreaElement, wasPasted: boolean): void => {
    if (edited === undefined) session.drafts.type(id, { text: area.value, wasPasted });
    else edited.text = area.value;
    session.remark.value = undefined;
    grow(area);
    suggestions?.look(area);
  };
  const typed = (event: InputEvent): void => {
    const before = session.drafts.of(id);
    const isPaste =
      event.inputType.startsWith('insertFromPaste') || event.inputType === 'insertFromDrop';
    keep(
      event.currentTarget as HTMLTextAreaElement,
      before.text === '' ? isPaste : before.wasPasted,
    );
  };
  const suggested: SuggestedInput = {
    area: () => input.current,
    typed: (area) => keep(area, session.drafts.of(id).wasPasted),
  };
  const send = (): void => {
    suggestions?.close();
    void session.send();
  };
  const pressed = (event: KeyboardEvent): void => {
    // Some browsers end the composition before the key comes: 229 says that it was part of one.
    if (event.isComposing || event.keyCode === composing) return;
    const area = event.currentTarget as HTMLTextAreaElement;
    if (suggestions?.pressed(event, suggested) === true || messages?.pressed(event) === true) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      // A key that is held for long must not send the draft that comes back after an edit.
      if (!event.repeat) send();
    } else if (isRecall(event, area) && session.lastSent !== undefined) {
      event.preventDefault();
      session.drafts.set(id, { text: session.lastSent, wasPasted: false });
    } else if ((event.key === 'PageUp' || event.key === 'PageDown') && !event.altKey) {
      document.querySelector('[role=log]')?.scrollBy({
        top: (event.key === 'PageUp' ? -1 : 1) * pageShare * innerHeight,
      });
      event.preventDefault();
    }
  };
  // An edit that is emptied is not what was sent last.
  const isRecall = ({ key }: KeyboardEvent, { value }: HTMLTextAreaElement): boolean =>
    key === 'ArrowUp' && value === '' && edited === undefined;
  const { isLeft, kind, name } = session.focus.conversation;
  const label =
    edited !== undefined
      ? 'Edit what you said'
      : kind === 'person'
        ? `Write to ${name}`
        : kind === 'group'
          ? `Write in ${name}`
          : 'Write to everybody';
  const files = session.files.value;
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {suggestions !== undefined && <suggestions.List input={suggested} />}
      {files !== undefined && <files.Pending />}
      {messages !== undefined && <messages.Purpose />}
      <p class="remark" role="status">
        {session.remark.value}
      </p>
      {files !== undefined && <files.Tools />}
      <textarea
        ref={input}
        rows={1}
        dir="auto"
        aria-label={label}
        placeholder={isLeft ? `You are not in ${name}` : label}
        enterkeyhint="send"
        aria-autocomplete="list"
        aria-haspopup="listbox"
        {...suggestions?.marks()}
        onInput={typed}
        onKeyDown={pressed}
        onPaste={(event) => {
          if (files?.pasted(event.clipboardData) === true) event.preventDefault();
        }}
        onPointerDown={() => suggestions?.close()}
        onBlur={() => suggestions?.close()}
      />
      <button class="main">{edited === undefined ? 'Send' : 'Save'}</button>
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
