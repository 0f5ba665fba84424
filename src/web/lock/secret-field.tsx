// A field for a passphrase, which is seen only if the person wants.

import { useId, useState } from 'preact/hooks';

export interface SecretFieldProps {
  readonly label: string;
  readonly autocomplete: 'current-password' | 'new-password';
  readonly value: string;
  readonly typed: (value: string) => void;
  readonly least?: number;
  readonly hint?: string | undefined;
  readonly focused?: boolean;
}

export function SecretField(props: SecretFieldProps) {
  const { label, autocomplete, value, typed, least, hint, focused = false } = props;
  const [isSeen, setSeen] = useState(false);
  const id = useId();
  const field = {
    id,
    autocomplete,
    autocapitalize: 'none',
    spellcheck: false,
    required: true,
    autofocus: focused,
    minLength: least,
    'aria-describedby': hint === undefined ? undefined : `${id}-hint`,
    value,
    onInput: (event: { readonly currentTarget: HTMLInputElement }) =>
      typed(event.currentTarget.value),
  } as const;
  return (
    <>
      <label for={id}>{label}</label>
      {isSeen ? <input type="text" {...field} /> : <input type="password" {...field} />}
      {hint !== undefined && (
        <p id={`${id}-hint`} class="dim">
          {hint}
        </p>
      )}
      <label class="check">
        <input
          type="checkbox"
          checked={isSeen}
          onChange={(event) => setSeen(event.currentTarget.checked)}
        />{' '}
        Show what I type
      </label>
    </>
  );
}

/** Whose secret it is, for what keeps passwords. Nobody sees it. */
export function AccountName({ name }: { readonly name: string }) {
  return (
    <input
      type="text"
      class="hidden"
      autocomplete="username"
      value={name}
      readOnly
      tabIndex={-1}
      aria-hidden="true"
    />
  );
}
