// Why a chat ended, in words, and what to do about it.

import type { CloseReason } from '../client-state.ts';
import {
  defaultTlsPort,
  formatFingerprint,
  formatServerAddress,
  type ServerAddress,
} from '../connection/server-address.ts';
import { disconnect } from '../../wire/replies.ts';
import { harmless } from './sanitize.ts';

/** How a chat ended, for the command that started it. */
export type Outcome =
  | { readonly kind: 'left' }
  | { readonly kind: 'interrupted' }
  /** The person, or a script, has left, and not everything was delivered. Each failure was reported. */
  | { readonly kind: 'undelivered' }
  | {
      /** `refused`: by the server. `untrusted`: it is not the expected server. */
      readonly kind: 'refused' | 'lost' | 'untrusted';
      /** Without a final full stop. */
      readonly message: string;
      readonly hint: string | undefined;
      /** Whether another name would be let in. */
      readonly isAboutName?: boolean;
    };

/** What to do about refusals with one right answer. */
const ownAdvice: Readonly<Record<string, string>> = {
  'invite-invalid':
    'Ask whoever runs the server for a new code, or log in as a guest: --guest, with another name.',
  // A person without an account becomes a guest automatically. Here the person has an account, or the sender of the
  // refusal is not proven.
  'invite-needed':
    'You did not become a guest, because this device knows that server. Ask whoever runs it for a code (HELO_INVITE, --invite-file), or log in without an account: --guest.',
  'registration-closed':
    'You did not become a guest, because this device knows that server. Ask whoever runs it, or log in without an account: --guest.',
  'no-guests':
    'Ask whoever runs the server for a one-time code, and give it with --invite-file FILE or HELO_INVITE.',
  'account-banned': 'Only the person who runs the server can change that.',
  'device-revoked':
    'Another device of that account has revoked this one, or its recovery words have. What it has stored stays here.',
  'name-taken':
    'The name belongs to another device. Choose another one with --name NAME, or use the data directory (--data DIR) that has its key.',
};

/** Refusals of a login for which another name would not help. */
const notAboutName: ReadonlySet<string> = new Set([
  'line-too-long',
  'device-revoked',
  'recovery-refused',
  'invite-needed',
  'registration-closed',
  'server-full',
  'too-many-connections',
  'too-many-logins',
  'too-much-unfinished',
  'address-banned',
  'bad-signature',
]);

/** Why a connection ended, in words without a final full stop. */
export function reasonOf(reason: CloseReason, address: ServerAddress): string {
  const outcome = farewell(reason, address);
  return 'message' in outcome ? outcome.message : 'the chat is over';
}

/** The outcome of a chat with the server at `address` that ended for `reason`. */
export function farewell(reason: CloseReason, address: ServerAddress): Outcome {
  const server = formatServerAddress(address);
  const lost = (message: string, hint?: string): Outcome => ({ kind: 'lost', message, hint });
  switch (reason.code) {
    case 'quit':
      return { kind: 'left' };
    case 'unreachable': {
      const speaksNoTls = address.transport === 'tls' && /SSL|^EPROTO$/.test(reason.failure.code);
      return speaksNoTls
        ? lost(
            `${server} does not speak TLS 1.3`,
            `The TLS port of a server is ${defaultTlsPort} unless it was told otherwise.`,
          )
        : lost(
            `cannot reach ${server}: ${harmless(reason.failure.detail)}`,
            'Is the server running, and is that its address?',
          );
    }
    case 'untrusted':
      return untrusted(reason, address);
    case 'unproven':
      return {
        kind: 'untrusted',
        message: `${server} could not prove who it is. You were not logged in there`,
        hint: 'Somebody may be in between. Ask whoever runs the server.',
      };
    case 'accounts-gone':
      return {
        kind: 'untrusted',
        message: `${server} had accounts before and says that it has none. Nothing was sent there`,
        hint: 'Somebody may be in between. To log in without your account: --guest.',
      };
    case 'store-failed':
      return lost(harmless(reason.failure.detail));
    case 'not-a-chat-server':
      return lost(`${server} is not a chat server that this program understands`);
    case 'silent':
      return lost(
        `${server} took the connection and said nothing`,
        address.transport === 'plain'
          ? `If that is its TLS port, write tls://${server}.`
          : undefined,
      );
    case 'refused': {
      const advice = ownAdvice[reason.reply ?? ''];
      const message = `the server refused: ${harmless(reason.text)}`;
      const isAboutName =
        reason.during === 'login' &&
        !(reason.reply !== undefined && notAboutName.has(reason.reply));
      if (advice !== undefined) {
        return {
          kind: 'refused',
          message,
          hint: advice,
          isAboutName: reason.reply === 'name-taken',
        };
      }
      return isAboutName
        ? { kind: 'refused', message, hint: 'Choose another name with --name NAME.', isAboutName }
        : lost(message);
    }
    case 'disconnected':
      return disconnect.parse(reason.text)?.code === 'device-reset'
        ? {
            kind: 'refused',
            message: `the server ended the connection: ${harmless(reason.text)}`,
            hint: 'Whoever runs it has a one-time code for your name: helo chat asks for it, here or on another device.',
          }
        : lost(`the server ended the connection: ${harmless(reason.text)}`);
    case 'lost':
      return lost(
        reason.failure === undefined
          ? 'the server closed the connection'
          : `the connection was lost: ${harmless(reason.failure.detail)}`,
      );
    case 'overlong-line':
      return lost('the server sent a line without an end');
    case 'stalled':
      return lost('the server takes nothing in any more');
  }
}

/**
 * The presented certificate is not shown: an attacker in between would like it to be pasted. The operator gives the
 * right one, over another channel.
 */
function untrusted(
  { what, expected, expectedBy }: Extract<CloseReason, { code: 'untrusted' }>,
  address: ServerAddress,
): Outcome {
  const server = formatServerAddress(address);
  if (what === 'identity') return otherIdentity(expected, address);
  const whose = expectedBy === 'address' ? 'the one in the address' : 'the one it had before';
  return {
    kind: 'untrusted',
    message: `THE CERTIFICATE OF ${server} IS NOT ${whose.toUpperCase()}. You were not logged in there`,
    hint: [
      'Somebody may be in between, or the server has a new certificate, for which nothing that this device knows vouches.',
      `  expected   ${formatFingerprint(expected)}`,
      'Ask whoever runs the server for its address as it is now: the server prints it when it starts, and with',
      'helo admin status. The part after # proves the server, whatever certificate it has.',
    ].join('\n'),
  };
}

function otherIdentity(expected: Uint8Array, address: ServerAddress): Outcome {
  const server = formatServerAddress(address);
  return {
    kind: 'untrusted',
    message: `THE IDENTITY OF ${server} IS NOT THE ONE IT HAD BEFORE. You were not logged in there`,
    hint: [
      'Somebody may be in between, or the server was set up anew and has lost its identity.',
      `  expected   ${formatFingerprint(expected)}`,
      'Ask whoever runs the server. Only where they say that it is another server now, let go of what',
      `this device knows of the old one, which the command names first: helo forget ${server}`,
    ].join('\n'),
  };
}

/** Leaving with unsent texts is not a full success, although nothing is lost. */
export function withUnsent(outcome: Outcome, unsent: number): Outcome {
  if (outcome.kind !== 'left' || unsent === 0) return outcome;
  const message =
    unsent === 1 ? 'a message is not sent yet' : `${unsent} messages are not sent yet`;
  const hint = 'It is kept, and goes out the next time that you are here.';
  return { kind: 'lost', message, hint };
}
