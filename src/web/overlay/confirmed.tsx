// A button for what cannot be taken back: the first press asks, the second does it.

import { useState } from 'preact/hooks';

export function Confirmed({ words, run }: { readonly words: string; readonly run: () => void }) {
  const [isAsked, setAsked] = useState(false);
  return (
    <button
      class={isAsked ? 'danger' : undefined}
      onBlur={() => setAsked(false)}
      onClick={() => {
        if (isAsked) run();
        setAsked(!isAsked);
      }}
    >
      {isAsked ? `${words}: really?` : words}
    </button>
  );
}
