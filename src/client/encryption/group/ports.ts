// What sealed groups need of the client around them, and what they tell it.
import type { Device } from '../../../e2ee/device.ts';
import type { Suite } from '../../../e2ee/suite.ts';
import type { AccountChain } from '../../../wire/statements/account-chain.ts';
import type { Username } from '../../../wire/text.ts';
import type { LaterStatementCiphers } from '../../../wire/statements/statement.ts';
import type { WallClock } from '../../ports.ts';
import type { DeviceChange } from '../trust/device-news.ts';
import type { TrustBook } from '../trust/trust-book.ts';
import type { OutReason } from './stored-group.ts';

/** This account as its chain has it. */
export interface OwnAccount {
  /** The first 16 bytes of the hash of its root. */
  readonly root16: Uint8Array;
  /** Its chain, in base64url. */
  readonly links: readonly string[];
}

/** The same with what its chain says, of this account or of somebody else's. */
export interface ChainedAccount extends OwnAccount {
  readonly chain: AccountChain;
}

export interface GroupPorts {
  readonly suite: Suite;
  readonly device: Device;
  /** The account's name. */
  readonly me: Username;
  readonly now: WallClock;
  readonly ciphers: LaterStatementCiphers;
  /** How keys stand: the same one as for private messages. */
  readonly trusts: TrustBook;
  /** The chain of this account. */
  readonly account: () => Promise<OwnAccount>;
  /** The same as it is known at this moment. */
  readonly latest?: () => ChainedAccount | undefined;
  /** Accounts of others that have revoked devices, as far as this device has heard: a new array where that is more. */
  readonly others?: () => readonly ChainedAccount[];
  /** A roster has the chain of an account that has revoked devices. */
  readonly heard?: (account: ChainedAccount) => void;
}

/** What has happened in a group, for people. */
export type GroupNotice =
  /** `isNewKey`: somebody of that name was in before, with another account. */
  | { readonly kind: 'entered'; readonly user: string; readonly isNewKey: boolean }
  /** Somebody's device is in the tree that was not: it reads from here on. */
  | { readonly kind: 'device-in'; readonly user: string }
  /** A device has lost its state and taken its own place again. */
  | { readonly kind: 'came-back'; readonly user: string }
  | {
      readonly kind: 'out';
      readonly user: string;
      readonly why: OutReason;
      readonly by: string | undefined;
    }
  /** This device is in: it reads from here on. */
  | { readonly kind: 'you-are-in' }
  | { readonly kind: 'you-are-out'; readonly why: OutReason }
  /** A commit of `by` cannot be followed here, or one is missing; this device enters anew. */
  | { readonly kind: 'lost'; readonly by: string | undefined }
  /** The log was another one here than for `by`; this device enters anew. */
  | { readonly kind: 'elsewhere'; readonly by: string }
  /** Somebody has entered in the place of this very device: a copy of it, or a thief. */
  | { readonly kind: 'copy' }
  /** A server that was put back has these in again, those in no more, and these as admins, where they are others. */
  | {
      readonly kind: 'put-back';
      readonly again: readonly string[];
      readonly gone: readonly string[];
      readonly admins: readonly string[];
    }
  /** A member has other devices than before. */
  | { readonly kind: 'devices'; readonly user: string; readonly changes: readonly DeviceChange[] }
  /** A commit that counts for nobody. */
  | { readonly kind: 'void'; readonly by: string; readonly why: string };
