// Opens the browser's window for choosing files.

import { useRef } from 'preact/hooks';

export function AttachButton({ take }: { readonly take: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={({ currentTarget }) => {
          take([...(currentTarget.files ?? [])]);
          // The same file may be chosen again.
          currentTarget.value = '';
        }}
      />
      <button type="button" onClick={() => input.current?.click()} aria-label="Send files">
        <span aria-hidden="true">+</span>
      </button>
    </>
  );
}
