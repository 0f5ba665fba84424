// The state of the connection, and how the chat ended.

import { hasTls, serverName } from '../served-by.tsx';
import type { Session } from './session.ts';

const signs = { connecting: '◌', waiting: '◌', open: '●', closed: '✗' } as const;

export function StatusBar({ session }: { readonly session: Session }) {
  session.watch();
  const { connection } = session.model;
  const over = session.over.value;
  const { tab } = session.settings.place;
  return (
    <footer class="status">
      <p role="status">
        <span aria-hidden="true">{signs[connection.phase]} </span>
        {connection.words}
      </p>
      <p>
        <bdi>{serverName}</bdi> ({hasTls.value ? 'TLS' : 'no TLS'})
      </p>
      {session.history.value !== undefined && (
        <p>
          <label for="history-far">What was said before</label>{' '}
          <progress
            id="history-far"
            max={Math.max(1, session.history.value.all)}
            value={session.history.value.done}
          />
        </p>
      )}
      {session.isBusy && over === undefined && (
        <p class="warning">
          Another tab has your private messages: here you read and write what everybody can.{' '}
          <button onClick={() => void tab.takeOver().then(() => location.reload())}>
            Have them here
          </button>
        </p>
      )}
      {over !== undefined && (
        <p class="warning" role="alert">
          {over.words} <button onClick={() => location.reload()}>Connect again</button>
        </p>
      )}
    </footer>
  );
}
