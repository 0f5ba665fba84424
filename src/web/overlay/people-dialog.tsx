// The people of the open conversation, where there is no room beside the messages.

import { PeopleNames } from '../chat/people.tsx';
import type { Session } from '../chat/session.ts';
import { Dialog } from './dialog.tsx';

export function PeopleDialog({ session }: { readonly session: Session }) {
  return (
    <Dialog session={session} title="People">
      <PeopleNames session={session} />
    </Dialog>
  );
}
