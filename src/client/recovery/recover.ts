// Recovery: a new device gets into an account with nothing but the recovery key. Whoever has no device knows no last link
// of the chain: a first login with an `add` behind nothing makes the server show the chain, a second one brings the
// right links. Owns both connections. Stores nothing: enter.ts says
// when that is done.

import { signWithDevice } from '../../e2ee/device-signature.ts';
import type { Device } from '../../e2ee/device.ts';
import type { Suite } from '../../e2ee/suite.ts';
import { encodeBase64url } from '../../lib/base64url.ts';
import { equalBytes } from '../../lib/bytes.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { isDeviceOf, maxDevices } from '../../wire/statements/account-chain.ts';
import { consentToSign, type DeviceForm, type LinkBody } from '../../wire/statements/chain-link.ts';
import { noStatement } from '../../wire/statements/statement.ts';
import type { Username } from '../../wire/text.ts';
import { signedLink } from '../account/signed-link.ts';
import { statementCiphers, verifiedChain, type VerifiedChain } from '../account/verified-chain.ts';
import type { CloseReason } from '../client-state.ts';
import type { ServerAddress } from '../connection/server-address.ts';
import { ServerLink } from '../connection/server-link.ts';
import {
  expectTold,
  firstLogin,
  type FirstLoginFailure,
  type FirstLoginPorts,
} from '../linking/first-login.ts';

export type RecoveryFailure =
  | FirstLoginFailure
  | { readonly kind: 'no-recovery' } // the server is of a version that knows no devices
  | { readonly kind: 'not-these-words' } // no account of that name, or its recovery key is another or none
  | { readonly kind: 'too-many-devices' };

export interface RecoveryWish {
  readonly username: Username;
  readonly suite: Suite;
  /** The new one. */
  readonly device: Device;
  /** What kind of device it is. */
  readonly form: DeviceForm;
  /** The key of the recovery words. */
  readonly key: Device;
  /** Whether all other devices are revoked, as lost. */
  readonly revokesOthers: boolean;
}

/** What the server shows whoever has signed with the recovery key of the account. */
export async function chainByRecovery(
  address: ServerAddress,
  wish: RecoveryWish,
  ports: FirstLoginPorts,
): Promise<Result<VerifiedChain, RecoveryFailure>> {
  const { username, suite, device, revokesOthers } = wish;
  const links = await shownLinks(address, wish, await addBehind(wish, noStatement, ports), ports);
  if (!links.ok) return links;
  const ciphers = statementCiphers(suite, ports.sha256);
  const shown = await verifiedChain(ciphers, username, links.value);
  const held = shown?.chain.steps.at(-1)?.recovery;
  if (shown === undefined || held === undefined || !equalBytes(held, wish.key.publicKey)) {
    return err({ kind: 'other-chain' });
  }
  const { devices } = shown.chain;
  if (isDeviceOf(shown.chain, device.publicKey)) return err({ kind: 'other-chain' });
  return devices.length >= maxDevices && !revokesOthers
    ? err({ kind: 'too-many-devices' })
    : ok(shown);
}

/** Makes the device one of the account whose chain is `shown`. Returns the chain with it. */
export async function recover(
  address: ServerAddress,
  wish: RecoveryWish,
  shown: VerifiedChain,
  ports: FirstLoginPorts,
): Promise<Result<VerifiedChain, FirstLoginFailure>> {
  const { username: account, suite, device, revokesOthers } = wish;
  const { steps, devices } = shown.chain;
  const [root, last] = [steps[0]?.hash ?? noStatement, steps.at(-1)?.hash ?? noStatement];
  const signed: Signed[] = [];
  const prev = () => signed.at(-1)?.hash ?? last;
  for (const { key } of revokesOthers ? devices : []) {
    // oxlint-disable-next-line no-await-in-loop -- each link names the one before it
    signed.push(await signLink(wish, prev(), { kind: 'revoke', key, why: 'lost' }, ports));
  }
  signed.push(await addBehind(wish, prev(), ports));
  const recovery = signed.map(({ link }) => link);
  const told = expectTold({ account: { account, root }, link: prev() }, device.publicKey);
  return firstLogin(address, told, { suite, device, recovery }, ports);
}

/** Whether the device is in already: an earlier recovery has not got its answer. */
export function isInAlready(
  address: ServerAddress,
  { username, suite, device, key }: RecoveryWish,
  ports: FirstLoginPorts,
): Promise<Result<VerifiedChain, FirstLoginFailure>> {
  const isIt = ({ chain }: VerifiedChain) => {
    const held = chain.steps.at(-1)?.recovery;
    return (
      held !== undefined && equalBytes(held, key.publicKey) && isDeviceOf(chain, device.publicKey)
    );
  };
  return firstLogin(address, { username, isIt }, { suite, device }, ports);
}

/**
 * Whether the server may have made the device one of the account although this is how the login has ended: its answer may
 * have got lost.
 */
export function mayBeIn(failure: RecoveryFailure): boolean {
  if (failure.kind !== 'closed') return false;
  const { reason } = failure;
  switch (reason.code) {
    case 'lost':
    case 'silent':
    case 'disconnected':
    case 'overlong-line':
    case 'stalled':
    case 'quit':
      return true;
    case 'refused':
      return reason.reply === 'store-failed';
    default:
      return false;
  }
}

interface Signed {
  readonly link: string;
  readonly hash: Uint8Array;
}

async function addBehind(
  wish: RecoveryWish,
  prev: Uint8Array,
  ports: FirstLoginPorts,
): Promise<Signed> {
  const { suite, device, form } = wish;
  const key = device.publicKey;
  const consent = await signWithDevice(suite, device, consentToSign(prev, key, form));
  return signLink(wish, prev, { kind: 'add', key, consent, form }, ports);
}

async function signLink(
  { suite, key }: RecoveryWish,
  prev: Uint8Array,
  body: LinkBody,
  { now, sha256 }: FirstLoginPorts,
): Promise<Signed> {
  const content = { prev, at: now(), body, signer: key.publicKey };
  const bytes = await signedLink(suite, key, content);
  return { link: encodeBase64url(bytes), hash: await sha256(bytes) };
}

/** The links that the server shows before it turns the device away. */
function shownLinks(
  address: ServerAddress,
  { username, suite, device }: RecoveryWish,
  { link }: Signed,
  ports: FirstLoginPorts,
): Promise<Result<readonly string[], RecoveryFailure>> {
  const account = {
    suite,
    device,
    takesPrivate: false,
    invite: undefined,
    isKnown: true,
    recovery: [link],
  };
  let links: readonly string[] | undefined;
  let failure: RecoveryFailure | undefined;
  return new Promise((resolve) => {
    const connection = new ServerLink({ address, username, account }, ports, {
      onState: (state) => {
        // A server that does not know what the links are would register the name.
        if (state.phase === 'login' && !state.features.has('devices')) {
          failure = { kind: 'no-recovery' };
          connection.abort();
        }
        if (state.phase === 'open') {
          failure = { kind: 'other-chain' };
          connection.quit();
        }
        if (state.phase !== 'closed') return;
        if (links === undefined) resolve(err(failure ?? failureOf(state.reason)));
        else resolve(ok(links));
      },
      onRemembered: () => {},
      onEvent: () => {},
      onExtended: (event) => {
        if (event.verb === 'ACCOUNT') links ??= event.links;
      },
      onDrain: () => {},
      onSilence: () => {},
    });
  });
}

/** A server tells nobody whose words are not right whether there is such an account. */
const notTheWords: ReadonlySet<string> = new Set([
  'name-taken',
  'recovery-refused',
  'device-revoked',
]);

function failureOf(reason: CloseReason): RecoveryFailure {
  const isRefused = reason.code === 'refused' && notTheWords.has(reason.reply ?? '');
  return isRefused ? { kind: 'not-these-words' } : { kind: 'closed', reason };
}
