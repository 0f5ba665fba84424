// The start of the page: asks for a name, or knows it, then loads the chat and shows it. Small, because it comes before
// everything else: the client and its ciphers are in modules that are loaded behind the first frame.

import { signal } from '@preact/signals';
import { render } from 'preact';
import { Entry, type EntryAnswer } from './entry/entry.tsx';
import type { ChatStart } from './chat/start.tsx';
import { takeInvite } from './entry/invite-link.ts';
import { forgetName, rememberedName } from './entry/remembered.ts';
import { preferTheme } from './preferences.ts';
import { askWhoServes } from './served-by.tsx';

type Stage =
  | { readonly at: 'entry'; readonly refusal: string | undefined }
  | { readonly at: 'loading' }
  | { readonly at: 'chat'; readonly chat: ChatStart };

const invite = takeInvite();
const name = rememberedName();
const stage = signal<Stage>(
  name === undefined ? { at: 'entry', refusal: undefined } : { at: 'loading' },
);

function Page() {
  const now = stage.value;
  switch (now.at) {
    case 'entry':
      return <Entry invite={invite} refusal={now.refusal} enter={(answer) => void enter(answer)} />;
    case 'loading':
      return (
        <main class="entry" aria-busy="true">
          <h1>helo</h1>
          <p role="status">one moment …</p>
        </main>
      );
    case 'chat':
      return <now.chat.Screen />;
  }
}

async function enter(answer: EntryAnswer): Promise<void> {
  stage.value = { at: 'loading' };
  try {
    const { startChat } = await import('./chat/start.tsx');
    const chat = await startChat({
      ...answer,
      refused: (refusal) => {
        forgetName();
        stage.value = { at: 'entry', refusal };
      },
    });
    // A refusal may have come meanwhile.
    if (stage.value.at === 'loading') stage.value = { at: 'chat', chat };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    stage.value = { at: 'entry', refusal: `The chat could not be started: ${why}` };
  }
}

preferTheme();
void askWhoServes();
const place = document.getElementById('page');
if (place !== null) render(<Page />, place);
// Behind the first frame.
if (name !== undefined) setTimeout(() => void enter({ name, invite, way: 'enter', locks: false }));
// The page is kept when it has loaded, so that nothing is fetched twice at once.
window.addEventListener(
  'load',
  () => void import('./worker/keep-page.ts').then(({ keepPage }) => keepPage()),
);
