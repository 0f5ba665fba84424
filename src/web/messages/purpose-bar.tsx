// Over the text being written: the message that it answers, or that it edits.

import type { MessageActs } from './message-acts.ts';

export function PurposeBar({ acts }: { readonly acts: MessageActs }) {
  const { purpose } = acts;
  return (
    <div class="purpose">
      <p role="status">
        {purpose !== undefined && (
          <>
            <span>{purpose.kind === 'edit' ? 'Editing' : 'Replying to '}</span>
            {purpose.kind === 'reply' && (
              <bdi class="name">{purpose.isOwn ? 'yourself' : purpose.from}</bdi>
            )}
            : <bdi class="dim">{purpose.words}</bdi>
          </>
        )}
      </p>
      {purpose !== undefined && (
        <button
          type="button"
          title="Escape"
          aria-label={purpose.kind === 'edit' ? 'Leave it as it was' : 'Do not reply'}
          onClick={() => acts.cancel()}
        >
          <span aria-hidden="true">×</span>
        </button>
      )}
    </div>
  );
}
