// Whether a chat server answers at an address, before anybody logs in there: it waits for the greeting [7.1], and sends
// nothing. Owns one short connection. Stores nothing: trust is decided at the login (login/server-check.ts), where a
// server may prove that an unknown certificate is its own. A server that announces no such proof is refused here.

import { decodeUtf8, equalBytes } from '../../lib/bytes.ts';
import { parseEvent, type Event } from '../../wire/events.ts';
import { parseWelcome } from '../../wire/features.ts';
import { maxServerLineBytes } from '../../wire/limits.ts';
import { LineSplitter } from '../../wire/line-splitter.ts';
import { fatal } from '../../wire/replies.ts';
import type { CloseReason } from '../client-state.ts';
import type {
  ByteConnection,
  ConnectionFailure,
  Dial,
  KnownServers,
  ServerProof,
  Timers,
} from '../ports.ts';
import { serverKeyOf, type ServerAddress } from './server-address.ts';
import { connectTimeoutMs, loginTimeoutMs } from './server-link.ts';

export interface ServerProbePorts {
  readonly dial: Dial;
  readonly timers: Timers;
  readonly knownServers: Pick<KnownServers, 'fingerprintOf'>;
}

export interface ServerProbe {
  /** Undefined if a chat server greets, otherwise why a login would fail. Never rejects. */
  readonly answer: Promise<CloseReason | undefined>;
  /** Stops: the answer is `quit`. */
  abort(): void;
}

export const unanswered: ConnectionFailure = { code: 'ETIMEDOUT', detail: 'nobody answers' };
export const closedEarly: ConnectionFailure = {
  code: 'ECONNRESET',
  detail: 'the connection was closed',
};

/** Dials `address` and waits for the greeting. */
export function probeServer(
  address: ServerAddress,
  { dial, timers, knownServers }: ServerProbePorts,
): ServerProbe {
  let isOpen = false;
  let emit: (reason: CloseReason | undefined) => void = () => {};
  const answer = new Promise<CloseReason | undefined>((resolve) => (emit = resolve));
  const end = (reason: CloseReason | undefined): void => {
    cancelDeadline();
    emit(reason);
    connection.destroy();
  };
  let cancelDeadline = timers.after(connectTimeoutMs, () =>
    end({ code: 'unreachable', failure: unanswered }),
  );
  const lines = new LineSplitter(maxServerLineBytes);
  let stranger: CloseReason | undefined;
  const opened = async (proof: ServerProof): Promise<void> => {
    isOpen = true;
    connection.pause();
    cancelDeadline();
    cancelDeadline = timers.after(loginTimeoutMs, () => end({ code: 'silent' }));
    stranger = await certificateRefusal(address, proof, knownServers);
    connection.resume();
  };
  const connection: ByteConnection = dial(address, {
    onOpen: (proof) => void opened(proof),
    onData(bytes) {
      const inCap = lines.push(bytes, (line) => {
        end(refusalIn(line, stranger));
        return false;
      });
      if (!inCap) end({ code: 'overlong-line' });
    },
    onDrain() {},
    onClose(failure) {
      end(
        isOpen
          ? { code: 'lost', failure }
          : { code: 'unreachable', failure: failure ?? closedEarly },
      );
    },
  });
  return { answer, abort: () => end({ code: 'quit' }) };
}

/** What a server's first line says against a login. `stranger`: what its certificate says against it. */
function refusalIn(line: Uint8Array, stranger: CloseReason | undefined): CloseReason | undefined {
  const text = decodeUtf8(line);
  const event = text === undefined ? undefined : parseEvent(text);
  if (event?.verb !== 'HELO') return refusalBy(event);
  return parseWelcome(event.welcome).features.has('ehlo') ? undefined : stranger;
}

/** What a line that stands in the place of a greeting, or of what follows it, says against a login. */
export function refusalBy(event: Event | undefined): CloseReason {
  switch (event?.verb) {
    case '-ERR': {
      const reply = fatal.parse(event.text)?.code;
      return { code: 'refused', during: 'login', reply, text: event.text };
    }
    case 'DSCN':
      return { code: 'disconnected', text: event.reason };
    default:
      return { code: 'not-a-chat-server' };
  }
}

/** Why nothing may be sent to this server before it has proven its identity. */
async function certificateRefusal(
  address: ServerAddress,
  proof: ServerProof,
  knownServers: ServerProbePorts['knownServers'],
): Promise<CloseReason | undefined> {
  if (address.transport !== 'tls' || proof.kind !== 'tls') return undefined;
  const presented = proof.fingerprint;
  // If the stored fingerprint cannot be read, the login reports that and ends.
  const known = await knownServers.fingerprintOf(serverKeyOf(address)).catch(() => undefined);
  const expected = address.fingerprint ?? known;
  if (expected === undefined || equalBytes(expected, presented)) return undefined;
  if ((await proof.hasAuthority?.()) === true) return undefined;
  const expectedBy = address.fingerprint === undefined ? 'earlier-visit' : 'address';
  return { code: 'untrusted', what: 'certificate', expected, presented, expectedBy };
}
