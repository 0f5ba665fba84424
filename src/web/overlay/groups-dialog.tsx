// The directory: the groups that are public here, to enter them.

import { useEffect, useState } from 'preact/hooks';
import type { ListedGroup } from '../../client/governing/govern-wish.ts';
import { sizeWords } from '../../client/wording/govern-words.ts';
import type { Result } from '../../lib/result.ts';
import type { Session } from '../chat/session.ts';
import { Dialog } from './dialog.tsx';

export function GroupsDialog({ session }: { readonly session: Session }) {
  session.watch();
  const { model } = session;
  const [found, setFound] = useState<Result<readonly ListedGroup[], string>>();
  useEffect(() => void model.listGroups().then(setFound), [model]);
  const enter = async (group: string): Promise<void> => {
    const id = `#${group}`;
    const known = model.conversation(id);
    if (known !== undefined && !known.isLeft) return session.go(id);
    const verdict = await model.joinGroup(group);
    session.told(verdict);
    if (verdict.ok) session.go(id);
  };
  return (
    <Dialog session={session} title="Public groups">
      <p role="status" class="dim">
        {toldOf(found)}
      </p>
      <ul class="choices">
        {found?.ok === true &&
          found.value.map((one) => (
            <li key={one.group}>
              <button class="found" onClick={() => void enter(one.group)}>
                <span>
                  #<bdi>{one.group}</bdi> <span class="dim">{sizeWords(one)}</span>
                </span>
                {one.topic !== undefined && <span dir="auto">{one.topic}</span>}
              </button>
            </li>
          ))}
      </ul>
    </Dialog>
  );
}

function toldOf(found: Result<readonly ListedGroup[], string> | undefined): string {
  if (found === undefined) return 'The server is asked …';
  if (!found.ok) return found.error;
  return found.value.length === 0 ? 'No group here is public.' : 'A press enters or opens one.';
}
