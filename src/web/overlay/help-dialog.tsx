// The keys of the page, and what can be typed.

import { commandHelp } from '../../client/commands/table.ts';
import { pageKeys } from '../chat/keys.ts';
import type { Session } from '../chat/session.ts';
import { messageKeys, wayToMessages } from '../messages/message-keys.ts';
import { Dialog } from './dialog.tsx';

export function HelpDialog({ session }: { readonly session: Session }) {
  return (
    <Dialog session={session} title="Keys and commands">
      <h3>Keys</h3>
      <Keys keys={[...rowsOf(pageKeys), ...inputKeys, ...wayToMessages]} />
      <h3>Keys at a message</h3>
      <Keys keys={rowsOf(messageKeys)} />
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

/** Keys that the input has. */
const inputKeys: readonly KeyHelp[] = [
  ['Enter', 'send, or do what the command says'],
  ['Shift+Enter', 'a new line in the text'],
  ['Tab', 'behind / @ # and in commands: takes the first suggestion, or the one chosen by arrows'],
  ['PageUp, PageDown', 'earlier and later messages'],
];

type KeyHelp = readonly [key: string, help: string];

const rowsOf = (table: Readonly<Record<string, { readonly help: string }>>): readonly KeyHelp[] =>
  Object.entries(table).map(([key, { help }]) => [key, help]);

function Keys({ keys }: { readonly keys: readonly KeyHelp[] }) {
  return (
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
  );
}
