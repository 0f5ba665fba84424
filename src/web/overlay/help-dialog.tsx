// The keys of the page, and what can be typed.

import { commandHelp } from '../../client/commands/table.ts';
import { inputKeys, pageKeys } from '../chat/keys.ts';
import type { Session } from '../chat/session.ts';
import { Dialog } from './dialog.tsx';

export function HelpDialog({ session }: { readonly session: Session }) {
  const keys = [
    ...Object.entries(pageKeys).map(([key, { help }]) => [key, help] as const),
    ...inputKeys,
  ];
  return (
    <Dialog session={session} title="Keys and commands">
      <h3>Keys</h3>
      <dl>
        {keys.map(([key, help]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{help}</dd>
          </div>
        ))}
      </dl>
      <h3>What can be typed</h3>
      <dl>
        {commandHelp('screen').map(([form, help]) => (
          <div key={form}>
            <dt>
              <code>{form}</code>
            </dt>
            <dd>{help}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
