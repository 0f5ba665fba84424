// `/verify @user` shows the safety number, `/verify @user qr` draws it for a camera, and `/verify @user yes` records that it
// was the same on both sides.

import { err } from '../../lib/result.ts';
import type { CommandActions, CommandOutcome, SafetyWords } from './actions.ts';

const numbersPerLine = 6;

/** What may be typed behind the name. */
export type VerifyWish = 'show' | 'qr' | 'yes';

/** Carries out `/verify` about `name`. */
export function verify(
  name: string,
  wish: VerifyWish,
  actions: CommandActions,
): Promise<CommandOutcome> {
  switch (wish) {
    case 'show':
      return showNumber(name, actions);
    case 'qr':
      return drawNumber(name, actions);
    case 'yes':
      return confirmNumber(name, actions);
  }
}

async function showNumber(name: string, actions: CommandActions): Promise<CommandOutcome> {
  const { compared, notify } = actions;
  const number = await actions.safetyNumber(name);
  if (!number.ok) return number;
  const { digits, isVerified } = number.value;
  compared.set(name, digits);
  notify('notice', `safety number of you and ${name}. ${standingOf(number.value)}`);
  for (const row of numberRows(digits)) notify('reply', `    ${row}`);
  if (!isVerified) {
    notify(
      'notice',
      `compare it with ${name} in a call or in person. If it is the same there: /verify @${name} yes`,
    );
    if (actions.view === 'screen')
      notify('notice', `for the camera of ${name}, who has the page open: /verify @${name} qr`);
  }
  return undefined;
}

async function drawNumber(name: string, actions: CommandActions): Promise<CommandOutcome> {
  const number = await actions.safetyNumber(name);
  return number.ok ? actions.drawNumber(name, number.value.digits) : number;
}

async function confirmNumber(name: string, actions: CommandActions): Promise<CommandOutcome> {
  const { compared, notify } = actions;
  const digits = compared.get(name);
  if (digits === undefined)
    return err(
      `${actions.view === 'screen' ? 'First' : 'first'} compare the number: /verify @${name}`,
    );
  const marked = await actions.markVerified(name, digits);
  if (!marked.ok) return marked;
  compared.delete(name);
  notify('notice', verifiedWords(name));
  return undefined;
}

/** For whoever has just compared. */
export function verifiedWords(name: string): string {
  return `${name} is verified: you will be warned should the key ever change`;
}

/** The state of the key behind a safety number, in words. */
export function standingOf({ isVerified, isChanged }: SafetyWords): string {
  if (isVerified) return 'You have verified it.';
  return isChanged ? 'THIS IS A CHANGED KEY.' : 'You have not verified it yet.';
}

/** The digits of a safety number in rows that are easy to read aloud. */
export function numberRows(digits: string): readonly string[] {
  const groups = digits.split(' ');
  const rows: string[] = [];
  for (let at = 0; at < groups.length; at += numbersPerLine) {
    rows.push(groups.slice(at, at + numbersPerLine).join(' '));
  }
  return rows;
}
