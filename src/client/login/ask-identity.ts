// Who answers at an address that was not met before: the identity that the server proves, asked for before anything else is
// decided, so that what this device keeps of that server is found under whatever address it is reached. Owns one short
// connection, and logs nobody in. What was proven is remembered of the address: the login holds to it.

import type { Suite } from '../../e2ee/suite.ts';
import { decodeUtf8, encodeUtf8 } from '../../lib/bytes.ts';
import { parseEvent } from '../../wire/events.ts';
import { parseExtendedEvent } from '../../wire/extended/events.ts';
import { parseWelcome } from '../../wire/features.ts';
import { maxServerLineBytes } from '../../wire/limits.ts';
import { LineSplitter } from '../../wire/line-splitter.ts';
import type { Username } from '../../wire/text.ts';
import type { Connection, Dial, KnownServers, RandomBytes, ServerProof, Timers } from '../ports.ts';
import { serverKeyOf, type ServerAddress } from '../server-address.ts';
import { ServerChallenge } from './account-login.ts';
import { ServerCheck } from './server-check.ts';

export interface AskIdentityPorts {
  readonly dial: Dial;
  readonly timers: Timers;
  readonly random: RandomBytes;
  readonly suite: Suite;
  readonly knownServers: KnownServers;
}

/** So long is waited for all of it: who comes in later finds out then. */
const patienceMs = 5_000;
/** Long enough to be a public key: nobody logs in with it. */
const deviceBytes = 32;

/** The proven identity of who answers at `address`; undefined where nobody does, or without one. Never rejects. */
export async function askIdentity(
  address: ServerAddress,
  username: Username,
  ports: AskIdentityPorts,
): Promise<Uint8Array | undefined> {
  const { dial, timers, random, suite } = ports;
  // Of certificates nothing is remembered before somebody comes in.
  const knownServers: KnownServers = {
    ...ports.knownServers,
    remember: async () => {},
    rememberCertificate: async () => {},
  };
  await new Promise<void>((resolve) => {
    const lines = new LineSplitter(maxServerLineBytes);
    let challenge: ServerChallenge | undefined;
    let proof: ServerProof | undefined;
    const end = () => {
      cancel();
      connection.destroy();
      resolve();
    };
    const cancel = timers.after(patienceMs, end);
    const greeted = async (welcome: string) => {
      if (proof === undefined || !parseWelcome(welcome).features.has('ehlo')) return end();
      const check = await ServerCheck.begin({ address, username }, proof, knownServers);
      if (!check.ok) return end();
      const device = random(deviceBytes);
      challenge = new ServerChallenge({ username, suite, device, proof }, check.value, random);
      connection.write(encodeUtf8(challenge.hello));
      return undefined;
    };
    const heard = (text: string) => {
      if (challenge !== undefined) {
        const event = parseExtendedEvent(text);
        if (event?.verb === 'CHALLENGE') void challenge.check(event).then(end, end);
        return;
      }
      const event = parseEvent(text);
      if (event?.verb === 'HELO') void greeted(event.welcome).catch(end);
    };
    const connection: Connection = dial(address, {
      onOpen: (given) => {
        proof = given;
      },
      onData(bytes) {
        const inCap = lines.push(bytes, (line) => {
          const text = decodeUtf8(line);
          if (text !== undefined) heard(text);
          return true;
        });
        if (!inCap) end();
      },
      onDrain() {},
      onClose: end,
    });
  });
  return knownServers.identityOf(serverKeyOf(address)).catch(() => undefined);
}
