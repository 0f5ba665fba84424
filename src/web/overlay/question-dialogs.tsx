// Questions of the client to the person: a code for the login, and the recovery words that hold.

import { useState } from 'preact/hooks';
import { oldWordsAsked } from '../../client/wording/recovery-words.ts';
import type { PageOverlay, Session } from '../chat/session.ts';
import { Dialog } from './dialog.tsx';

type CodeQuestion = Extract<PageOverlay, { readonly kind: 'code' }>;
type WordsQuestion = Extract<PageOverlay, { readonly kind: 'words' }>;

export function CodeDialog({
  session,
  question,
}: {
  readonly session: Session;
  readonly question: CodeQuestion;
}) {
  const { why, orGuest, answer } = question;
  const reason =
    why === 'needed'
      ? 'Your name is new here, and the server asks newcomers for an invite code.'
      : 'The server does not know that code, or somebody has used it.';
  return (
    <Dialog session={session} title="Welcome" closed={() => answer(undefined)}>
      <p>{reason}</p>
      <AnswerForm
        label="Code"
        words="Enter"
        answer={(code) => {
          answer(code === '' ? undefined : code);
          session.overlay.value = undefined;
        }}
      />
      <p class="dim">Without a code you {orGuest ? 'log in as a guest' : 'leave'}.</p>
    </Dialog>
  );
}

export function WordsDialog({
  session,
  question,
}: {
  readonly session: Session;
  readonly question: WordsQuestion;
}) {
  return (
    <Dialog session={session} title="Recovery words" closed={() => question.answer(undefined)}>
      <p>{oldWordsAsked}. They are not shown as you type.</p>
      <AnswerForm
        label="Twelve words"
        isSecret
        words="Give them"
        answer={(words) => {
          question.answer(words === '' ? undefined : words);
          session.overlay.value = undefined;
        }}
      />
    </Dialog>
  );
}

interface AnswerFormProps {
  readonly label: string;
  readonly isSecret?: boolean;
  readonly words: string;
  readonly answer: (typed: string) => void;
}

function AnswerForm({ label, isSecret = false, words, answer }: AnswerFormProps) {
  const [typed, setTyped] = useState('');
  const field = {
    id: 'answer',
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: false,
    autofocus: true,
    value: typed,
    onInput: (event: { readonly currentTarget: HTMLInputElement }) =>
      setTyped(event.currentTarget.value),
  } as const;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        answer(typed.trim());
      }}
    >
      <label for="answer">{label}</label>
      {isSecret ? <input type="password" {...field} /> : <input type="text" {...field} />}
      <button class="main">{words}</button>
    </form>
  );
}
