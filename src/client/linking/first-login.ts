// The first login of a new device, once the old one says that it has added it, or by the recovery key: whether the server
// lets it in, and shows the account that is known from there, with this device in it. Owns one short connection. Only then
// is the new device what it says to its person that it is.

import { equalBytes } from '../../lib/bytes.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { isDeviceOf } from '../../wire/statements/account-chain.ts';
import { statementCiphers, verifiedChain, type VerifiedChain } from '../account/verified-chain.ts';
import type { CloseReason } from '../client-state.ts';
import type { ServerAddress } from '../connection/server-address.ts';
import { ServerLink, type LinkPorts } from '../connection/server-link.ts';
import type { AccountWish } from '../login/account-login.ts';
import { PendingRequests } from '../pending-requests.ts';
import type { HashSha256 } from '../ports.ts';
import type { Username } from '../../wire/text.ts';
import type { Answer } from './messages.ts';

export type FirstLoginFailure =
  | { readonly kind: 'closed'; readonly reason: CloseReason }
  /** What the server shows is not the account that the old device has told, or this device is not in it. */
  | { readonly kind: 'other-chain' };

export interface FirstLoginPorts extends LinkPorts {
  readonly sha256: HashSha256;
}

export interface Told {
  readonly account: Pick<Answer, 'account' | 'root'>;
  /** The hash of the link that has added this device. */
  readonly link: Uint8Array;
}

/** The account, and what has to be true of its chain. */
export interface Expected {
  readonly username: Username;
  readonly isIt: (shown: VerifiedChain) => boolean;
}

/** That it is the account of `told`, with the device `key`. */
export function expectTold({ account, link }: Told, key: Uint8Array): Expected {
  return { username: account.account, isIt: (shown) => isTold(shown, account, link, key) };
}

/**
 * That it is the account of `told`, with the device `key`, by whichever link: where the old device broke off when it had
 * added this one, and before it could say so. The digits were compared there.
 */
export function expectAdded(told: Told['account'], key: Uint8Array): Expected {
  const isIt = ({ chain }: VerifiedChain) => {
    const [root] = chain.steps;
    return root !== undefined && equalBytes(root.hash, told.root) && isDeviceOf(chain, key);
  };
  return { username: told.account, isIt };
}

/** Logs in once, and leaves. */
export async function firstLogin(
  address: ServerAddress,
  { username, isIt }: Expected,
  wish: Pick<AccountWish, 'suite' | 'device' | 'recovery'>,
  ports: FirstLoginPorts,
): Promise<Result<VerifiedChain, FirstLoginFailure>> {
  const account = { ...wish, takesPrivate: false, invite: undefined, isKnown: true };
  return new Promise((resolve) => {
    const requests = new PendingRequests((line) => connection.write(line));
    const connection = new ServerLink({ address, username, account }, ports, {
      onState: (state) => {
        if (state.phase === 'open') void check();
        if (state.phase === 'closed') {
          requests.close();
          resolve(err({ kind: 'closed', reason: state.reason }));
        }
      },
      onRemembered: () => {},
      onEvent: () => {},
      onExtended: (event) => void requests.receive(event),
      onDrain: () => {},
      onSilence: () => {},
    });
    const check = async (): Promise<void> => {
      const answer = await requests.asking('ACCOUNT', { user: username });
      if (!answer.ok) return;
      const ciphers = statementCiphers(wish.suite, ports.sha256);
      const shown = await verifiedChain(ciphers, username, answer.value.links);
      resolve(shown !== undefined && isIt(shown) ? ok(shown) : err({ kind: 'other-chain' }));
      connection.quit();
    };
  });
}

function isTold(
  { chain }: VerifiedChain,
  { root }: Pick<Answer, 'root'>,
  link: Uint8Array,
  key: Uint8Array,
): boolean {
  const { steps } = chain;
  const isRoot = steps[0] !== undefined && equalBytes(steps[0].hash, root);
  const hasLink = steps.some(({ hash }) => equalBytes(hash, link));
  return isRoot && hasLink && isDeviceOf(chain, key);
}
