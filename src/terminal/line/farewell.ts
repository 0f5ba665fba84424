// Why a chat ended, in words, and what to do about it.

import type { CloseReason } from '../../client/client-state.ts';
import {
  defaultTlsPort,
  formatFingerprint,
  formatServerAddress,
  type ServerAddress,
} from '../../client/server-address.ts';
import type { FatalCode } from '../../wire/replies.ts';
import { harmless } from '../sanitize.ts';

/** How a chat ended, for whoever started the program. */
export type Outcome =
  | { readonly kind: 'left' }
  | { readonly kind: 'interrupted' }
  | {
      /** `refused`: by the server, for what was asked. `untrusted`: the server is not who it should be. */
      readonly kind: 'refused' | 'lost' | 'untrusted';
      /** Without a final full stop. */
      readonly message: string;
      readonly hint: string | undefined;
    };

/** Refusals of a login that another name would not help against. */
const notAboutName: ReadonlySet<FatalCode> = new Set([
  'line-too-long',
  'server-full',
  'too-many-connections',
  'too-many-logins',
]);

/** The outcome of a chat with the server at `address` that was closed for `reason`. */
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
      const message = `the server refused: ${harmless(reason.text)}`;
      const isAboutName =
        reason.during === 'login' &&
        !(reason.reply !== undefined && notAboutName.has(reason.reply));
      return isAboutName
        ? { kind: 'refused', message, hint: 'Choose another name with --name NAME.' }
        : lost(message);
    }
    case 'disconnected':
      return lost(`the server ended the connection: ${harmless(reason.text)}`);
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

function untrusted(
  { expected, presented, expectedBy }: Extract<CloseReason, { code: 'untrusted' }>,
  address: ServerAddress,
): Outcome {
  const server = formatServerAddress(address);
  const shown = formatFingerprint(presented);
  const whose = expectedBy === 'address' ? 'the one in the address' : 'the one it had before';
  return {
    kind: 'untrusted',
    message: `THE CERTIFICATE OF ${server} IS NOT ${whose.toUpperCase()}. Nothing was sent there`,
    hint: [
      'Somebody may be in between, or the server has a new certificate.',
      `  expected   ${formatFingerprint(expected)}`,
      `  presented  ${shown}`,
      'Ask whoever runs the server which one is right. If it is the second, join once with:',
      `  --server '${server}#${shown}'`,
    ].join('\n'),
  };
}
