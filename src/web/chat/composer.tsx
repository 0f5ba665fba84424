// The text being written. Enter sends it, unless a writing system is still composing: then the keys belong to that.

import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Session } from './session.ts';
import { suggestionId, suggestionListId, Suggestions } from './suggestions.ts';

export function Composer({ session }: { readonly session: Session }) {
  session.watch();
  const version = session.drafts.version.value;
  const input = useRef<HTMLTextAreaElement>(null);
  const [suggestions] = useState(() => new Suggestions(() => session.completer));
  const id = session.focus.current.value;
  const messages = session.messages.value;
  const edited = messages?.edited;
  const draft = edited ?? session.drafts.of(id);
  useLayoutEffect(() => {
    const area = input.current;
    if (area === null) return;
    if (area.value !== draft.text) area.value = draft.text;
    grow(area);
    suggestions.close();
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
    suggestions.look(area.value.slice(0, area.selectionEnd));
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
  const take = (at: number): void => {
    const area = input.current;
    const offer = suggestions.offer.value;
    const text = offer?.suggestions[at]?.text;
    if (area === null || offer === undefined || text === undefined) return;
    const end = area.selectionEnd;
    area.setRangeText(text, end - offer.word.length, end, 'end');
    keep(area, session.drafts.of(id).wasPasted);
  };
  const send = (): void => {
    suggestions.close();
    void session.send();
  };
  /** Whether the key was for the suggestions. */
  const suggested = ({ key, shiftKey }: KeyboardEvent): boolean => {
    const offer = suggestions.offer.value;
    if (offer === undefined) return false;
    if (key === 'ArrowDown' || key === 'ArrowUp') suggestions.step(key === 'ArrowDown' ? 1 : -1);
    else if (key === 'Tab' && !shiftKey) take(offer.at ?? 0);
    // What was typed is sent as it is, unless the person went into the list.
    else if (key === 'Enter' && offer.at !== undefined) take(offer.at);
    else if (key === 'Escape') suggestions.close();
    else {
      if (cursorKeys.has(key)) suggestions.close();
      return false;
    }
    return true;
  };
  const pressed = (event: KeyboardEvent): void => {
    // Some browsers end the composition before the key comes: 229 says that it was part of one.
    if (event.isComposing || event.keyCode === composing) return;
    const area = event.currentTarget as HTMLTextAreaElement;
    if (suggested(event) || messages?.pressed(event) === true) {
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
  const offer = suggestions.offer.value;
  const files = session.files.value;
  const List = session.completer?.List;
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {List !== undefined && <List suggestions={suggestions} take={take} />}
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
        aria-controls={offer === undefined ? undefined : suggestionListId}
        aria-activedescendant={offer?.at === undefined ? undefined : suggestionId(offer.at)}
        onInput={typed}
        onKeyDown={pressed}
        onPaste={(event) => {
          if (files?.pasted(event.clipboardData) === true) event.preventDefault();
        }}
        onPointerDown={() => suggestions.close()}
        onBlur={() => suggestions.close()}
      />
      <button class="main">{edited === undefined ? 'Send' : 'Save'}</button>
    </form>
  );
}

const composing = 229;
const pageShare = 0.6;
/** The suggestions are for where the cursor was. */
const cursorKeys: ReadonlySet<string> = new Set(['ArrowLeft', 'ArrowRight', 'Home', 'End']);

/** As high as its text, up to what the style allows. */
function grow(area: HTMLTextAreaElement): void {
  area.style.blockSize = 'auto';
  area.style.blockSize = `${area.scrollHeight + 2}px`;
}
