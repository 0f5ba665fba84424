// Whether a chat server answers at an address, before anybody logs in there: it may say its greeting [7.1], and nothing
// is said to it. Owns one short connection. Keeps nothing: whom to trust from now on is settled at the login
// (server-link.ts).

import { decodeUtf8 } from '../lib/bytes.ts';
import { parseEvent } from '../wire/events.ts';
import { maxServerLineBytes } from '../wire/limits.ts';
import { LineSplitter } from '../wire/line-splitter.ts';
import { fatal } from '../wire/replies.ts';
import { refuseCertificate } from './certificate-check.ts';
import type { CloseReason } from './client-state.ts';
import type { Connection, ConnectionFailure, Dial, KnownServers, Timers } from './ports.ts';
import { serverKeyOf, type ServerAddress } from './server-address.ts';
import { connectTimeoutMs, loginTimeoutMs } from './server-link.ts';

export interface KnockPorts {
  readonly dial: Dial;
  readonly timers: Timers;
  readonly knownServers: Pick<KnownServers, 'fingerprintOf'>;
}

export interface Knock {
  /** Undefined where a chat server greets; else why a login would fail. Never rejects. */
  readonly answer: Promise<CloseReason | undefined>;
  /** Gives up: the answer is `quit`. */
  abort(): void;
}

const unanswered: ConnectionFailure = { code: 'ETIMEDOUT', detail: 'nobody answers' };
const closed: ConnectionFailure = { code: 'ECONNRESET', detail: 'the connection was closed' };

/** Dials `address` and waits for the greeting. */
export function knock(address: ServerAddress, { dial, timers, knownServers }: KnockPorts): Knock {
  let isOpen = false;
  let tell: (reason: CloseReason | undefined) => void = () => {};
  const answer = new Promise<CloseReason | undefined>((resolve) => (tell = resolve));
  const end = (reason: CloseReason | undefined): void => {
    cancelDeadline();
    tell(reason);
    connection.destroy();
  };
  let cancelDeadline = timers.after(connectTimeoutMs, () =>
    end({ code: 'unreachable', failure: unanswered }),
  );
  const lines = new LineSplitter(maxServerLineBytes);
  const opened = async (presented: Uint8Array | undefined): Promise<void> => {
    isOpen = true;
    connection.pause();
    cancelDeadline();
    cancelDeadline = timers.after(loginTimeoutMs, () => end({ code: 'silent' }));
    const refusal = await certificateRefusal(address, presented, knownServers);
    if (refusal === undefined) connection.resume();
    else end(refusal);
  };
  const connection: Connection = dial(address, {
    onOpen: (proof) => void opened(proof.kind === 'tls' ? proof.fingerprint : undefined),
    onData(bytes) {
      const inCap = lines.push(bytes, (line) => {
        end(refusalIn(line));
        return false;
      });
      if (!inCap) end({ code: 'overlong-line' });
    },
    onDrain() {},
    onClose(failure) {
      end(isOpen ? { code: 'lost', failure } : { code: 'unreachable', failure: failure ?? closed });
    },
  });
  return { answer, abort: () => end({ code: 'quit' }) };
}

/** What the first line of a server says against coming in. */
function refusalIn(line: Uint8Array): CloseReason | undefined {
  const text = decodeUtf8(line);
  const event = text === undefined ? undefined : parseEvent(text);
  switch (event?.verb) {
    case 'HELO':
      return undefined;
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

async function certificateRefusal(
  address: ServerAddress,
  presented: Uint8Array | undefined,
  knownServers: KnockPorts['knownServers'],
): Promise<CloseReason | undefined> {
  if (address.transport !== 'tls' || presented === undefined) return undefined;
  // What is remembered and cannot be read is told at the login, which ends there.
  const known = await knownServers.fingerprintOf(serverKeyOf(address)).catch(() => undefined);
  return refuseCertificate(address, presented, known);
}
