// Handles the operator's requests on the running server. Checks the state before it acts, so that every answer is
// true. Changes nothing itself: the hub and the store do.

import { createHash } from 'node:crypto';
import type { AdminAct } from '../../hub/inputs.ts';
import { maxAddresses } from '../../hub/users/address-bans.ts';
import type { AccountView, AddressBanView } from '../../hub/lookups.ts';
import { StoreError, type StoreCheck } from '../../hub/store-port.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { didYouMean } from '../../lib/suggest.ts';
import { parseAddress } from '../limits/address-usage.ts';
import type { DiskRoom } from '../disk-watch.ts';
import type { AdminBans, AdminRefusal, AdminRequest, AdminStatus, AdminUser } from './messages.ts';

/** The part of the server that the admin handler needs. */
export interface AdministeredServer {
  readonly accounts: readonly AccountView[];
  /** Addresses from which no new people are let in. */
  readonly addressBans: readonly AddressBanView[];
  /** Stands for an address. Undefined if it does not identify a person. */
  placeOf(address: string): string | undefined;
  /** How much of the quotas is used now, by account and of all guests. */
  readonly quotasUsed: { readonly accounts: ReadonlyMap<string, number>; readonly guests: number };
  /** Whether a one-time code is valid now. */
  hasInvite(hash: string): boolean;
  /** Open connections of all kinds. */
  readonly connections: number;
  /** Whether the store works at the moment. */
  readonly isStoring: boolean;
  /** Of the disk. Undefined if it is not known. */
  readonly room: DiskRoom | undefined;
  /** Resolves when the result is stored. */
  administer(act: AdminAct): Promise<void>;
}

/** What is known from the start on. */
export interface ServerFacts {
  readonly version: string;
  readonly pid: number;
  readonly startedAt: number;
  readonly addresses: readonly string[];
  /** Links to the page. Empty if browsers get none. */
  readonly pages: readonly string[];
}

/** What the operator can do with the whole store. Both reject with a StoreError. */
export interface StoreActs {
  /** Writes everything to a new file. */
  backup(path: string, evenDamaged: boolean): Promise<void>;
  check(): Promise<StoreCheck>;
}

function fingerprint(device: string): string {
  return createHash('sha256').update(device, 'base64url').digest('hex');
}

const done = ok(undefined);

const seeBans = 'helo admin bans tells what is.';

/** No account has these characters in its name. */
function isAddress(name: string): boolean {
  return /[.:/]/.test(name);
}

const noSuchInvite: AdminRefusal = {
  message: 'no such code waits to be used: it was never made, is over, or somebody has used it',
  hint: 'helo admin users tells who has come.',
};

export class AdminHandler {
  readonly #server: AdministeredServer;
  readonly #facts: ServerFacts;
  readonly #files: StoreActs;

  constructor(server: AdministeredServer, facts: ServerFacts, files: StoreActs) {
    this.#server = server;
    this.#facts = facts;
    this.#files = files;
  }

  /** Carries out a request. The value has the form in messages.ts, or is undefined. */
  async carryOut(request: AdminRequest): Promise<Result<unknown, AdminRefusal>> {
    switch (request.act) {
      case 'status':
        return ok(this.status());
      case 'users':
        return ok(this.users());
      case 'invite': {
        const owner = request.name === undefined ? undefined : this.#account(request.name);
        if (owner !== undefined && owner.devices.length > 0) {
          return err({
            message: `${request.name} has an account`,
            hint: 'helo admin reset-device lets somebody in whose devices are lost.',
          });
        }
        return this.#change(request, () => true);
      }
      case 'revoke-invite':
        if (!this.#server.hasInvite(request.hash)) return err(noSuchInvite);
        return this.#change(request, () => !this.#server.hasInvite(request.hash));
      case 'remove':
        return this.#onAccount('remove-account', request.name, (account) => account === undefined);
      case 'reset-device':
        return this.#onAccount(
          request.act,
          request.name,
          (account) => account?.devices.length === 0,
        );
      case 'bans':
        return ok(this.bans());
      case 'ban':
        if (isAddress(request.name)) return this.#banAddress(request.name);
        return this.#onAccount(request.act, request.name, (account) => account?.banned === true);
      case 'unban':
        if (isAddress(request.name)) return this.#unbanAddress(request.name);
        if (this.#account(request.name)?.banned === false) {
          return err({ message: `${request.name} is not banned`, hint: seeBans });
        }
        return this.#onAccount(request.act, request.name, (account) => account?.banned === false);
      case 'backup':
        return this.backup(request.path, request.evenDamaged);
      case 'check':
        return this.#check();
    }
  }

  status(): AdminStatus {
    const { accounts, connections, isStoring, quotasUsed, room } = this.#server;
    return {
      ...this.#facts,
      addresses: [...this.#facts.addresses],
      pages: [...this.#facts.pages],
      accounts: accounts.length,
      accountsOnline: accounts.filter((account) => account.connections.length > 0).length,
      connections,
      storing: isStoring,
      waitingBytes: accounts.reduce((sum, account) => sum + account.waitingBytes, 0),
      guestQuotaUsed: quotasUsed.guests,
      ...(room && { disk: room }),
    };
  }

  users(): readonly AdminUser[] {
    const used = this.#server.quotasUsed.accounts;
    return this.#server.accounts.map(
      ({ name, devices, createdAt, banned, waitingBytes, connections }) => ({
        name,
        ...(devices[0] !== undefined && { device: fingerprint(devices[0]) }),
        devices: devices.length,
        createdAt,
        banned,
        waitingBytes,
        quotaUsed: used.get(name) ?? 0,
        connections: connections.length,
      }),
    );
  }

  bans(): AdminBans {
    const { accounts, addressBans } = this.#server;
    return {
      accounts: accounts.filter(({ banned }) => banned).map(({ name }) => name),
      addresses: addressBans.map(({ address, because, until }) => ({
        address,
        ...(because !== undefined && { because }),
        ...(until !== undefined && { until }),
      })),
    };
  }

  async #banAddress(text: string): Promise<Result<undefined, AdminRefusal>> {
    const address = this.#placeOf(text);
    if (!address.ok) return address;
    const isEndless = (ban: AddressBanView) => ban.until === undefined;
    const isBanned = () =>
      this.#server.addressBans.some((ban) => ban.address === address.value && isEndless(ban));
    if (!isBanned() && this.#server.addressBans.filter(isEndless).length >= maxAddresses) {
      return err({
        message: `${maxAddresses} addresses are banned, that is the most`,
        hint: 'helo admin bans tells which; unban those that nobody needs any more.',
      });
    }
    return this.#change({ act: 'ban-address', address: address.value }, isBanned);
  }

  async #unbanAddress(text: string): Promise<Result<undefined, AdminRefusal>> {
    const address = this.#placeOf(text);
    if (!address.ok) return address;
    const isFree = () => this.#server.addressBans.every((ban) => ban.address !== address.value);
    if (isFree()) return err({ message: `${text} is not banned`, hint: seeBans });
    return this.#change({ act: 'unban-address', address: address.value }, isFree);
  }

  #placeOf(text: string): Result<string, AdminRefusal> {
    const address = parseAddress(text);
    if (address === undefined) {
      return err({
        message: `${text} is no address`,
        hint: 'Name one of IPv4, or one of IPv6, which stands for its whole /64.',
      });
    }
    const place = this.#server.placeOf(address);
    if (place !== undefined) return ok(place);
    return err({
      message: `${text} does not tell who somebody is`,
      hint: "Neither do this machine's own addresses, nor any where --limits is not default.",
    });
  }

  async backup(path: string, evenDamaged = false): Promise<Result<undefined, AdminRefusal>> {
    try {
      await this.#files.backup(path, evenDamaged);
      return done;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      const { code, message } = error;
      const hint =
        code === 'damaged'
          ? 'Keep what is there and restore a backup of before; or say --even-damaged, and what is whole is copied.'
          : 'Name a new file, in a folder that the server may write to.';
      return err({ message, hint });
    }
  }

  async #check(): Promise<Result<StoreCheck, AdminRefusal>> {
    try {
      return ok(await this.#files.check());
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return err({ message: `the database cannot be looked at: ${error.message}` });
    }
  }

  #account(name: string): AccountView | undefined {
    return this.#server.accounts.find((account) => account.name === name);
  }

  async #onAccount(
    act: Exclude<Extract<AdminAct, { readonly name: string }>['act'], 'invite'>,
    name: string,
    isDone: (account: AccountView | undefined) => boolean,
  ): Promise<Result<undefined, AdminRefusal>> {
    if (this.#account(name) === undefined) {
      const hint = didYouMean(
        name,
        this.#server.accounts.map((account) => account.name),
      );
      return err({
        message: `there is no account ${name}`,
        hint: hint ?? 'helo admin users tells which there are.',
      });
    }
    return this.#change({ act, name }, () => isDone(this.#account(name)));
  }

  async #change(act: AdminAct, isDone: () => boolean): Promise<Result<undefined, AdminRefusal>> {
    if (this.#server.isStoring) {
      await this.#server.administer(act);
      if (isDone()) return done;
    }
    return err({
      message: 'the server cannot store anything at the moment, and nothing was changed',
      hint: 'Its log says why. It goes on by itself once the disk does; then try again.',
    });
  }
}
