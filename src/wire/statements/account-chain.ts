// The chain of an account: which devices are its own, told by statements that hang from one root. The root is a device
// key that others have pinned; whatever hangs from it is the same account. Every link names the one before it by its
// hash, so one chain has one order, and two that differ are seen to. Owns who may sign which link; the bytes are in
// chain-link.ts. Nothing is decided by a clock.

import { equalBytes } from '../../lib/bytes.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { Username } from '../text.ts';
import type { ChainLink, DeviceForm, LinkBody, RevokeReason } from './chain-link.ts';
import type { Checked } from './statement.ts';

/** The most devices that an account has at once. */
export const maxDevices = 10;
/** The most links of a chain. */
export const maxLinks = 64;
/**
 * The last links of a chain are the recovery key's: a thief of a device could fill the chain with others otherwise, and
 * nobody could put the thief out. So many take all devices out, name a new one and the next recovery key.
 */
export const recoveryLinks = maxDevices + 2;
/** Bytes of a root's short name. */
export const root16Bytes = 16;

export interface ChainDevice {
  readonly key: Uint8Array;
  /** Absent for the device of the root. */
  readonly form?: DeviceForm;
  /** The key that has added it: a device's, or a recovery key. Absent for the device of the root. */
  readonly by?: Uint8Array;
}

/** What was a device of the account. */
export interface RevokedDevice extends Pick<ChainDevice, 'key' | 'form'> {
  readonly why: RevokeReason;
  /** The key that has revoked it. */
  readonly by: Uint8Array;
}

/** What is known of a link of a chain that has been folded. */
export interface ChainStep {
  readonly hash: Uint8Array;
  /** Whether the recovery key has signed it. */
  readonly byRecovery: boolean;
  /** The recovery key that holds from here on. */
  readonly recovery: Uint8Array | undefined;
}

/** What the links of a chain say together. */
export interface AccountChain {
  readonly name: Username;
  /** The first 16 bytes of the SHA-256 of the root: which account it is, whatever devices it has. */
  readonly root16: Uint8Array;
  /** The key of the root: the one that others pin, whether or not it is a valid device still. */
  readonly rootKey: Uint8Array;
  /** The valid ones, in the order in which they came. */
  readonly devices: readonly ChainDevice[];
  readonly revoked: readonly RevokedDevice[];
  /** One for each link; the last one's hash is what the next link has to name. */
  readonly steps: readonly ChainStep[];
}

/** What decides which link may stand behind a chain. */
export interface ChainEnd extends Pick<AccountChain, 'devices' | 'revoked'> {
  readonly links: number;
  readonly last: ChainStep;
}

export type ChainRefusal =
  | 'no-root' // the first link is none
  | 'second-root' // another link is one
  | 'not-next' // it names another link as the one before it
  | 'wrong-signer' // neither a valid device nor the recovery key, or one that may not sign this
  | 'known-key' // the key has been one of this account's already
  | 'no-such-device' // nobody can revoke what is no valid device
  | 'too-many-devices'
  | 'too-many-links';

/** What `links` say, the root first; or why they are no chain. */
export function foldChain(
  links: readonly Checked<ChainLink>[],
): Result<AccountChain, ChainRefusal> {
  const [root, ...rest] = links;
  if (root?.body.kind !== 'root') return err('no-root');
  let chain: Result<AccountChain, ChainRefusal> = ok(rootOf(root, root.body));
  for (const link of rest) {
    chain = extendChain(chain.value, link);
    if (!chain.ok) return chain;
  }
  return chain;
}

function rootOf(
  { hash }: Checked<ChainLink>,
  { name, device, recovery }: Extract<LinkBody, { kind: 'root' }>,
): AccountChain {
  return {
    name,
    root16: hash.slice(0, root16Bytes),
    rootKey: device,
    devices: [{ key: device }],
    revoked: [],
    steps: [{ hash, byRecovery: false, recovery }],
  };
}

/** `chain` with `link` behind it; or why it can't stand there. */
export function extendChain(
  chain: AccountChain,
  link: Checked<ChainLink>,
): Result<AccountChain, ChainRefusal> {
  const end = endOf(chain);
  const next = end === undefined ? err('no-root' as const) : linkBehind(end, link);
  if (!next.ok) return next;
  const { devices, revoked, last } = next.value;
  return ok({ ...chain, devices, revoked, steps: [...chain.steps, last] });
}

/** The end of a chain; undefined of one without links, which there is none of. */
export function endOf({ devices, revoked, steps }: AccountChain): ChainEnd | undefined {
  const last = steps.at(-1);
  return last && { devices, revoked, links: steps.length, last };
}

/** The end of a chain with `link` behind it; or why it can't stand there. */
export function linkBehind(
  end: ChainEnd,
  link: Checked<ChainLink>,
): Result<ChainEnd, ChainRefusal> {
  const { links, last } = end;
  if (link.body.kind === 'root') return err('second-root');
  const byRecovery = last.recovery !== undefined && equalBytes(link.signer, last.recovery);
  const most = byRecovery ? maxLinks : maxLinks - recoveryLinks;
  if (links >= most) return err('too-many-links');
  if (!equalBytes(link.prev, last.hash)) return err('not-next');
  if (!byRecovery && !isDeviceOf(end, link.signer)) return err('wrong-signer');
  const changed = changedBy(end, last.recovery, link.body, link.signer, byRecovery);
  if (!changed.ok) return changed;
  const recovery = link.body.kind === 'recovery' ? link.body.key : last.recovery;
  const { devices, revoked } = changed.value;
  return ok({
    devices,
    revoked,
    links: links + 1,
    last: { hash: link.hash, byRecovery, recovery },
  });
}

type Devices = Pick<AccountChain, 'devices' | 'revoked'>;

function changedBy(
  chain: Devices,
  recovery: Uint8Array | undefined,
  body: Exclude<LinkBody, { kind: 'root' }>,
  by: Uint8Array,
  byRecovery: boolean,
): Result<Devices, ChainRefusal> {
  const { devices, revoked } = chain;
  const was = revoked.some(({ key }) => equalBytes(key, body.key));
  const isRecovery = recovery !== undefined && equalBytes(recovery, body.key);
  switch (body.kind) {
    case 'add':
      // What was revoked stays so, unless the key that outranks devices undoes it.
      if (isDeviceOf(chain, body.key) || isRecovery || (was && !byRecovery)) {
        return err('known-key');
      }
      if (devices.length >= maxDevices) return err('too-many-devices');
      return ok({
        devices: [...devices, { key: body.key, form: body.form, by }],
        revoked: revoked.filter(({ key }) => !equalBytes(key, body.key)),
      });
    case 'revoke': {
      const gone = devices.find(({ key }) => equalBytes(key, body.key));
      if (gone === undefined) return err('no-such-device');
      const { key, form } = gone;
      return ok({
        devices: devices.filter((device) => device !== gone),
        revoked: [...revoked, { key, ...(form && { form }), why: body.why, by }],
      });
    }
    case 'recovery':
      // A device names the first one; after that a thief of a device can't put another in its place.
      if (recovery !== undefined && !byRecovery) return err('wrong-signer');
      if (isDeviceOf(chain, body.key) || isRecovery || was) return err('known-key');
      return ok({ devices, revoked });
  }
}

/** Whether `key` is a valid device of an account. */
export function isDeviceOf({ devices }: Pick<AccountChain, 'devices'>, key: Uint8Array): boolean {
  return devices.some((device) => equalBytes(device.key, key));
}

/** How a chain stands to one that is known already. */
export type ChainRelation =
  | 'same'
  | 'ahead' // it goes on from the known one
  | 'behind' // the known one goes on from it
  | 'other-root' // another account
  | 'prevails' // a fork, and the recovery key has signed this side only
  | 'loses' // a fork, and the recovery key has signed the known side only
  | 'split'; // a fork that nothing decides: neither side is to be relied on

/** How `other` stands to `known`. */
export function relateChains(known: AccountChain, other: AccountChain): ChainRelation {
  const [mine, theirs] = [known.steps, other.steps];
  const shared = sharedSteps(mine, theirs);
  if (shared === 0) return 'other-root';
  if (shared === mine.length) return shared === theirs.length ? 'same' : 'ahead';
  if (shared === theirs.length) return 'behind';
  // Only the recovery key that held where the two part: a thief of a device can make one where there was none.
  const held = mine[shared - 1]?.recovery !== undefined;
  const [mineHas, theirsHas] = [mine, theirs].map(
    (steps) => held && steps.slice(shared).some(({ byRecovery }) => byRecovery),
  );
  if (mineHas === theirsHas) return 'split';
  return mineHas === true ? 'loses' : 'prevails';
}

function sharedSteps(one: readonly ChainStep[], other: readonly ChainStep[]): number {
  const parting = one.findIndex(({ hash }, at) => {
    const step = other[at];
    return step === undefined || !equalBytes(step.hash, hash);
  });
  return parting < 0 ? one.length : parting;
}
