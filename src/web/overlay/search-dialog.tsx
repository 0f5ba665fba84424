// Finds messages in everything that this browser has.

import { useEffect, useState } from 'preact/hooks';
import type { Found } from '../../client/timeline/model.ts';
import type { Result } from '../../lib/result.ts';
import type { Session } from '../chat/session.ts';
import { Dialog } from './dialog.tsx';
import { countWords, FoundMessage } from './found-message.tsx';

/** After the last key. */
const waitMs = 150;

export function SearchDialog({
  session,
  query,
}: {
  readonly session: Session;
  readonly query: string;
}) {
  const [typed, setTyped] = useState(query);
  const [found, setFound] = useState<Result<readonly Found[], string>>();
  useEffect(() => {
    if (typed.trim() === '') {
      setFound(undefined);
      return undefined;
    }
    let isAsked = true;
    const search = async (): Promise<void> => {
      const answer = await session.model.search(typed);
      if (isAsked) setFound(answer);
    };
    const timer = setTimeout(() => void search(), waitMs);
    return () => {
      isAsked = false;
      clearTimeout(timer);
    };
  }, [typed, session]);
  return (
    <Dialog session={session} title="Find messages">
      <label for="search-words">Beginnings of words; in:#group, from:user</label>
      <input
        id="search-words"
        // Not of the type `search`, where Escape clears the text and leaves the dialogue open.
        enterkeyhint="search"
        dir="auto"
        autocomplete="off"
        autofocus
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <p role="status" class="dim">
        {told(found)}
      </p>
      <ul class="choices">
        {found?.ok === true &&
          found.value.map((one, index) => (
            <li key={index}>
              <FoundMessage
                session={session}
                one={one}
                before={
                  <>
                    <bdi>{one.id}</bdi>,{' '}
                  </>
                }
              />
            </li>
          ))}
      </ul>
    </Dialog>
  );
}

function told(found: Result<readonly Found[], string> | undefined): string {
  if (found === undefined) return '';
  if (!found.ok) return found.error;
  const { length } = found.value;
  if (length === 0) return 'Nothing was found. A word is found by its beginning.';
  return countWords(length);
}
