// `/recovery`: new recovery words, whose key is put into the own chain. The words are given out only when it is there:
// others are of no use. If the answer of the server is lost, the next try goes on with the same words, since the chain
// may have their key already, and no device could put another in its place. `/recovery new` puts others in the place of
// those that hold, by their key. Nothing of it is stored.

import type { Device } from '../../e2ee/device.ts';
import type { FileCiphers } from '../../e2ee/files/file-ciphers.ts';
import {
  parseRecoveryWords,
  recoveryEntropyBytes,
  recoveryKey,
  recoveryWords,
  type WordsFault,
} from '../../e2ee/recovery/recovery-words.ts';
import { decodeBase64url } from '../../lib/base64url.ts';
import { equalBytes } from '../../lib/bytes.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { parseLink } from '../../wire/statements/chain-link.ts';
import type { LinkFailure, OwnChain } from '../account/own-chain.ts';
import type { VerifiedChain } from '../account/verified-chain.ts';
import type { RandomBytes } from '../ports.ts';

export interface OwnRecoveryPorts {
  readonly ciphers: FileCiphers;
  readonly random: RandomBytes;
  readonly chain: Pick<OwnChain, 'get' | 'nameRecovery'>;
  /** The account has these words, and their key, before anybody has seen them. */
  readonly made?: (words: string, key: Device) => Promise<void>;
}

export type OwnRecoveryFailure =
  /** The account has a recovery key; since when, by the clock of the device that named it. */
  | { readonly kind: 'there'; readonly since: number }
  | { readonly kind: 'failed'; readonly why: LinkFailure };

export type OtherWordsFailure =
  /** What was typed are no recovery words. */
  | { readonly kind: 'no-words'; readonly fault: WordsFault }
  /** The account has no recovery key. */
  | { readonly kind: 'none' }
  /** It has another one. */
  | { readonly kind: 'not-these' }
  | { readonly kind: 'failed'; readonly why: LinkFailure };

interface MadeWords {
  readonly words: string;
  readonly key: Device;
}

export class OwnRecovery {
  readonly #ports: OwnRecoveryPorts;
  /** Words that nobody has seen, and whose key may be in the chain. */
  #unseen: MadeWords | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(ports: OwnRecoveryPorts) {
    this.#ports = ports;
  }

  /** Returns the words, once. One after the other: two at once would name two keys. */
  make(): Promise<Result<string, OwnRecoveryFailure>> {
    return this.#alone(() => this.#make());
  }

  /**
   * Puts other words in the place of those that were typed, which are of no use from then on. `show` gets the others
   * before their key is in the chain: if the program ended before the answer is here, nobody would have the words that
   * hold.
   */
  renew(
    typed: string,
    show: (words: string) => void,
  ): Promise<Result<undefined, OtherWordsFailure>> {
    return this.#alone(() => this.#renew(typed, show));
  }

  #alone<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#last.then(act);
    this.#last = done.catch(() => {});
    return done;
  }

  async #renew(
    typed: string,
    show: (words: string) => void,
  ): Promise<Result<undefined, OtherWordsFailure>> {
    const { ciphers, chain } = this.#ports;
    const old = await parseRecoveryWords(typed);
    if (!old.ok) return err({ kind: 'no-words', fault: old.error });
    const held = (await chain.get()).chain.steps.at(-1)?.recovery;
    if (held === undefined) return err({ kind: 'none' });
    const key = await recoveryKey(ciphers, old.value);
    // The answer to an earlier try was lost, and the chain has the key of the words that it has shown.
    const isDone = this.#unseen !== undefined && equalBytes(held, this.#unseen.key.publicKey);
    if (!isDone && !equalBytes(held, key.publicKey)) return err({ kind: 'not-these' });
    this.#unseen ??= await this.#fresh();
    show(this.#unseen.words);
    const named = isDone
      ? ok(undefined)
      : await chain.nameRecovery(this.#unseen.key.publicKey, key);
    if (!named.ok) return err({ kind: 'failed', why: named.error });
    await this.#give();
    return ok(undefined);
  }

  async #make(): Promise<Result<string, OwnRecoveryFailure>> {
    const { chain } = this.#ports;
    const own = await chain.get();
    const held = own.chain.steps.at(-1)?.recovery;
    if (held !== undefined) {
      const isUnseen = this.#unseen !== undefined && equalBytes(held, this.#unseen.key.publicKey);
      return isUnseen ? this.#give() : err({ kind: 'there', since: namedAt(own) });
    }
    this.#unseen ??= await this.#fresh();
    const named = await chain.nameRecovery(this.#unseen.key.publicKey);
    return named.ok ? this.#give() : err({ kind: 'failed', why: named.error });
  }

  async #give(): Promise<Result<string, OwnRecoveryFailure>> {
    const made = this.#unseen;
    this.#unseen = undefined;
    // Whatever it is good for: the words have to be seen.
    if (made !== undefined) await this.#ports.made?.(made.words, made.key).catch(() => {});
    return ok(made?.words ?? '');
  }

  async #fresh(): Promise<MadeWords> {
    const { ciphers, random } = this.#ports;
    const words = await recoveryWords(random(recoveryEntropyBytes));
    return { words, key: await recoveryKey(ciphers, words) };
  }
}

function namedAt({ links }: VerifiedChain): number {
  const all = links.map((link) => parseLink(decodeBase64url(link) ?? new Uint8Array()));
  return all.findLast((link) => link?.body.kind === 'recovery')?.at ?? 0;
}
