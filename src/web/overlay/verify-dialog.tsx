// The safety number of this person and another one, to be compared in a call or in person, by reading it or by the camera.

import { useEffect, useState } from 'preact/hooks';
import type { SafetyWords } from '../../client/commands/actions.ts';
import { numberRows, standingOf, verifiedWords } from '../../client/commands/verify.ts';
import { safetyContent, type ScannedCode } from '../../client/scanned-code.ts';
import { scannedNumberWords } from '../../client/wording/scanned-words.ts';
import type { Result } from '../../lib/result.ts';
import type { Session } from '../chat/session.ts';
import { QrFigure } from '../scan/qr-figure.tsx';
import { Scanner } from '../scan/scanner.tsx';
import { Dialog } from './dialog.tsx';

export function VerifyDialog({
  session,
  name,
}: {
  readonly session: Session;
  readonly name: string;
}) {
  const [number, setNumber] = useState<Result<SafetyWords, string>>();
  const [alarm, setAlarm] = useState<string>();
  const read = (): void => void session.model.safetyNumber(name).then(setNumber);
  useEffect(read, [name, session]);
  const same = async (digits: string): Promise<void> => {
    const done = await session.model.markVerified(name, digits);
    session.remark.value = done.ok ? verifiedWords(name) : done.error;
    setAlarm(undefined);
    read();
  };
  const scanned = async (code: ScannedCode): Promise<void> => {
    // Of now: the key may have changed since the number was drawn.
    const own = await session.model.safetyNumber(name);
    setNumber(own);
    if (!own.ok) return;
    const wrong = scannedNumberWords(code, own.value.digits, name);
    session.remark.value = undefined;
    setAlarm(wrong);
    if (wrong === undefined) await same(own.value.digits);
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
          <div class="number">
            <p class="digits">
              {numberRows(number.value.digits).map((row) => (
                <span key={row}>{row}</span>
              ))}
            </p>
            <QrFigure
              content={safetyContent(number.value.digits)}
              label="the same digits as a QR code"
            />
          </div>
          <p class="warning" role="alert">
            {alarm}
          </p>
          {!number.value.isVerified && (
            <p>
              Compare it with <bdi>{name}</bdi> in a call or in person. Beside each other, one of
              you scans the code that the other one sees here; a terminal draws it by{' '}
              <kbd>/verify @name qr</kbd>.
            </p>
          )}
          <Scanner
            what={`the code on the screen of ${name}`}
            found={(code) => void scanned(code)}
          />
          {!number.value.isVerified && (
            <button class="main" onClick={() => void same(number.value.digits)}>
              It is the same there
            </button>
          )}
        </>
      )}
    </Dialog>
  );
}
