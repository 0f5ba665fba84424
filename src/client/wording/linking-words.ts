// `/link CODE` and what follows, in words: who asks, the digits, and why a device was not added.

import type { ChatClient } from '../chat-client.ts';
import type { Verdict } from '../commands/actions.ts';
import type { LinkingFailure } from '../linking/device-linking.ts';
import type { Hello, LinkingEnd } from '../linking/messages.ts';
import { parseLinkingCode } from '../../e2ee/linking/linking-code.ts';
import { err, ok } from '../../lib/result.ts';
import { harmless } from './sanitize.ts';

/** With a word, the history goes to the new device too. */
const digitsForm = /^(\d{6})(history)?$/i;
const anew = 'For another try start helo link there again.';

/** `typed`: a code; six digits, and `history` behind them; or `no`; with any blanks in them. */
export async function linkWords(client: ChatClient, typed: string): Promise<Verdict> {
  const { linking } = client;
  if (linking === undefined) return err(lackOf(client));
  const word = typed.replaceAll(/\s/g, '');
  if (word.toLowerCase() === 'no') {
    const had = await linking.refuse();
    return had ? ok('the new device was not added, and is told so') : err('no device has asked');
  }
  const [, digits, gives] = digitsForm.exec(word) ?? [];
  if (digits !== undefined) {
    const added = await linking.confirm(digits);
    if (!added.ok) return err(failureWords(added.error));
    if (gives !== undefined) await client.historyTransfer?.promise(added.value.key);
    return ok(addedWords(added.value, gives !== undefined));
  }
  const code = parseLinkingCode(typed);
  if (code === undefined) {
    return err('that is no code of a new device: it has 26 letters and digits, as helo link shows');
  }
  const asked = await linking.begin(code);
  return asked.ok ? ok(askedWords(asked.value)) : err(failureWords(asked.error));
}

/** Why this client has no linking, and makes no recovery words. */
export function lackOf(client: ChatClient): string {
  const { state } = client;
  if (state.phase !== 'open') return 'there is no connection at the moment';
  if (state.as === 'guest') return 'only accounts have devices, and you are a guest';
  if (!state.features.has('devices'))
    return 'this server links no devices: it is of an earlier version';
  return 'another program has this account open, and new devices are taken in there';
}

const forms = { terminal: 'a terminal', web: 'a browser', bot: 'a program' } as const;

function named({ label, form }: Hello): string {
  const name = harmless(label);
  return name === '' ? forms[form] : `${name} (${forms[form]})`;
}

function askedWords(hello: Hello): string {
  return `${named(hello)} wants to be a device of your account, and will read and write as you. If it is yours and before you, type the six digits that it shows: /link 123456, or /link 123456 history to give it what was said here too. If not: /link no`;
}

function addedWords(hello: Hello, givesHistory: boolean): string {
  const before = givesHistory
    ? 'What was said here goes to it as soon as helo is started there'
    : 'What was said in private before stays here until you give it';
  return `${named(hello)} is a device of your account now. It has the lobby and your groups. ${before}; new private messages go there too where the server and both programs can do that`;
}

function failureWords(failure: LinkingFailure): string {
  switch (failure.kind) {
    case 'nothing-asked':
      return 'no device has asked: first comes the code that helo link shows there, /link CODE';
    case 'no-connection':
      return 'the connection was lost, and no device was added';
    case 'no-such-code':
      return 'no device shows that code: a letter is wrong, its ten minutes are over, or it is at another server';
    case 'no-answer':
      return `the new device does not answer any more. ${anew}`;
    case 'no-chain':
      return 'the server does not show which devices your account has, so none is added';
    case 'refused':
      return `the server does not take it: ${harmless(failure.text)}`;
    case 'wrong-digits': {
      const tries = failure.triesLeft === 1 ? 'one more try' : `${failure.triesLeft} more tries`;
      return `these are not its digits. You have ${tries}: /link 123456, or /link no`;
    }
    case 'over':
      return endWords(failure.why, failure.by);
  }
}

function endWords(why: LinkingEnd, by: 'here' | 'there'): string {
  switch (why) {
    case 'left':
      return by === 'there' ? `the new device has ended it. ${anew}` : 'no device was added';
    case 'wrong-digits':
      return `the digits were wrong three times, and no device was added. If you typed what stands there, somebody is in between: somebody else has the code. ${anew}`;
    case 'time-over':
      return `the time of the code is over. ${anew}`;
    case 'other-server':
      return 'the new device is at another server than this one: give it the same address with --server. If it is the same, somebody is in between';
    case 'other-account':
      return 'the new device wants to be one of another account (--name there)';
    case 'known-device':
      return 'it is a device of your account already: helo chat goes in there';
    case 'revoked-device':
      return 'your account has revoked that device, which stays so. With another data directory (--data) it gets a new key';
    case 'too-many-devices':
      return 'your account has ten devices, and no account has more: first revoke one';
    case 'too-many-links':
      return 'no more devices can be added now: an account adds or revokes 16 in a day, and 52 in all';
    case 'name-in-use':
      return 'the new device has a key for your name already: start it with helo link --name, and your name';
    case 'contradiction':
      return `somebody else has used the code too, and no device was added. ${anew}`;
    case 'failed':
      return `the device was not added. ${anew}`;
  }
}
