// Where this page comes from, and what follows for whoever trusts it: from the server, which could send another page, or
// from `helo web` on this machine, which says in a header to which server it leads. Until it has answered, and without a
// connection, the page says what it says of a server.

import { computed, signal } from '@preact/signals';

/** What `helo web` writes into each answer: the address of the server. */
const header = 'helo-web';

const leadsTo = signal<string | undefined>(undefined);

/** The server, as people know it. */
export const serverName = computed(() => leadsTo.value ?? location.host);

/** Whether the way to the server is encrypted. */
export const hasTls = computed(
  () => leadsTo.value?.startsWith('tls://') ?? location.protocol === 'https:',
);

/** Asks who serves the page. Never rejects. */
export async function askWhoServes(): Promise<void> {
  // Nobody else's word counts: a page of a server has that server's address.
  if (location.origin !== `http://127.0.0.1:${location.port}`) return;
  try {
    const answer = await fetch('/', { method: 'HEAD', cache: 'no-store' });
    leadsTo.value = answer.headers.get(header) ?? undefined;
  } catch {
    // Without a connection the page is the one that this browser keeps.
  }
}

/** What one trusts with a page that comes from there. */
export function PageTrust() {
  const name = <bdi>{serverName}</bdi>;
  return leadsTo.value === undefined ? (
    <p>
      This page comes from {name}. It encrypts here, in your browser, but whoever runs that server
      could send you another page, which reads what you write. The program for the terminal and{' '}
      <code>helo web</code> do not have this weakness.
    </p>
  ) : (
    <p>
      This page comes from the program <code>helo web</code> on this machine, and not from the
      server {name}, which cannot change it.
    </p>
  );
}
