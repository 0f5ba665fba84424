// The entry: a name, and a code where the person has one. Says what is trusted.

import { useState } from 'preact/hooks';
import { PageTrust } from '../served-by.tsx';
import { parseUsername, type Username } from '../../wire/text.ts';

/** As whoever this browser is; or it becomes a device of an account, by another device or by its recovery words. */
export type EntryWay = 'enter' | 'link' | 'recover';

export interface EntryAnswer {
  readonly name: Username;
  readonly invite: string | undefined;
  readonly way: EntryWay;
  /** What this browser keeps gets a lock first. */
  readonly locks: boolean;
}

export interface EntryProps {
  /** From the link. Then nobody is asked for one. */
  readonly invite: string | undefined;
  /** Why the last attempt failed. */
  readonly refusal: string | undefined;
  readonly enter: (answer: EntryAnswer) => void;
}

export function Entry({ invite, refusal, enter }: EntryProps) {
  const [fault, setFault] = useState<string>();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    const name = parseUsername(typed(fields.get('name')));
    if (name === undefined) {
      setFault('A name has 1 to 32 letters from a to z, digits or underscores.');
      return;
    }
    const code = typed(fields.get('code'));
    const pressed = event.submitter?.getAttribute('name');
    const way = pressed === 'link' || pressed === 'recover' ? pressed : 'enter';
    const locks = fields.has('lock');
    enter({ name, invite: invite ?? (code === '' ? undefined : code), way, locks });
  };
  const told = fault ?? refusal;
  return (
    <main class="entry">
      <h1>helo</h1>
      <p>
        A chat that a team hosts itself. What you write in private can be read by those alone whom
        it is for.
      </p>
      <form onSubmit={submit}>
        <label for="name">Your name here</label>
        <input
          id="name"
          name="name"
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          maxLength={32}
          required
          autofocus
          aria-describedby={told === undefined ? undefined : 'entry-told'}
        />
        {invite === undefined && (
          <>
            <label for="code">Invite code, if you have one</label>
            <input
              id="code"
              name="code"
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
            />
          </>
        )}
        <label class="check">
          <input type="checkbox" name="lock" /> Lock what this browser keeps, by a passphrase or a
          passkey
        </label>
        <p id="entry-told" class="told" role="alert">
          {told}
        </p>
        <button class="main">Enter</button>
        <button name="link">I have that name on another device: link this browser to it</button>
        <button name="recover">I have its twelve recovery words</button>
      </form>
      <section class="trust" aria-label="What you trust">
        <p>
          There is no password: this browser makes a key, and the name belongs to it. Whoever clears
          the data of this browser loses it, unless another device or recovery words have it too.
        </p>
        <PageTrust />
      </section>
    </main>
  );
}

function typed(value: FormDataEntryValue | null): string {
  return typeof value === 'string' ? value.trim() : '';
}
