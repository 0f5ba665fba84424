// The safety number of this person and another one, to be compared in a call or in person.

import { useEffect, useState } from 'preact/hooks';
import type { SafetyWords } from '../../client/commands/actions.ts';
import { numberRows, standingOf } from '../../client/commands/verify.ts';
import type { Result } from '../../lib/result.ts';
import type { Session } from '../chat/session.ts';
import { Dialog } from './dialog.tsx';

export function VerifyDialog({
  session,
  name,
}: {
  readonly session: Session;
  readonly name: string;
}) {
  const [number, setNumber] = useState<Result<SafetyWords, string>>();
  const read = (): void => void session.model.safetyNumber(name).then(setNumber);
  useEffect(read, [name, session]);
  const same = async (digits: string): Promise<void> => {
    const done = await session.model.markVerified(name, digits);
    session.remark.value = done.ok
      ? `${name} is verified: you will be warned should the key ever change`
      : done.error;
    read();
  };
  return (
    <Dialog session={session} title={`Compare keys with ${name}`}>
      {number === undefined && <p>one moment …</p>}
      {number?.ok === false && <p>{number.error}</p>}
      {number?.ok === true && (
        <>
          <p class={number.value.isChanged ? 'warning' : undefined}>
            safety number of you and <bdi>{name}</bdi>. {standingOf(number.value)}
          </p>
          <p class="digits">
            {numberRows(number.value.digits).map((row) => (
              <span key={row}>{row}</span>
            ))}
          </p>
          {!number.value.isVerified && (
            <>
              <p>
                Compare it with <bdi>{name}</bdi> in a call or in person.
              </p>
              <button class="main" onClick={() => void same(number.value.digits)}>
                It is the same there
              </button>
            </>
          )}
        </>
      )}
    </Dialog>
  );
}
