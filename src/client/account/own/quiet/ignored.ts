// Whom a person does not want to read in the lobby and in groups. It is a view: nothing is lost, and the other is not told. An
// account is meant by its root: whoever has the name later is somebody else. Of a guest nothing is kept, and it holds as
// long as this program runs, whoever has the name.

import * as v from 'valibot';
import type { Username } from '../../../../wire/text.ts';
import { maxIgnoreDecisions, maxIgnored } from '../../limits.ts';
import { Decisions, type DecisionPorts } from './decisions.ts';

const form = v.strictTuple([
  v.boolean(),
  v.pipe(v.string(), v.maxLength(64)),
  v.nullable(v.pipe(v.string(), v.maxLength(64))),
]);
/** Whether, the name, and the root of the account in hex; null where that was not known. */
type Kept = v.InferOutput<typeof form>;

export interface IgnoredPorts extends DecisionPorts {
  /** Whether something can be kept about that name: it is no guest's, and this login is not one. */
  readonly isAccount: (user: Username) => boolean;
  /** The root of the account that has the name now, in hex. Undefined where nobody can say. */
  readonly rootOf: (user: Username) => Promise<string | undefined>;
  readonly changed: () => void;
}

export class Ignored {
  readonly decisions: Decisions<Kept>;
  readonly #ports: IgnoredPorts;
  /** Of guests. */
  readonly #forNow = new Map<string, Username>();
  /** Who has a name now, as far as it was asked in this login. */
  readonly #roots = new Map<string, string | undefined>();

  constructor(ports: IgnoredPorts) {
    this.#ports = ports;
    const kind = { kind: 'ignore', valueName: 'ignored', form, max: maxIgnoreDecisions };
    this.decisions = new Decisions(ports, kind, () => ports.changed());
  }

  has(name: string): boolean {
    const folded = name.toLowerCase();
    if (this.#forNow.has(folded)) return true;
    const [isOn, user, root] = this.decisions.get(folded) ?? [false];
    if (!isOn) return false;
    if (root === null) return true;
    if (!this.#roots.has(folded)) void this.#look(folded, user as Username, root);
    return (this.#roots.get(folded) ?? root) === root;
  }

  get names(): readonly string[] {
    const kept = this.decisions.subjects.flatMap((folded) => {
      const [isOn, name] = this.decisions.get(folded) ?? [false];
      return isOn ? [name] : [];
    });
    return [...kept, ...this.#forNow.values()];
  }

  /** How long it holds: `kept` on all devices, or as long as this program runs. `full`: it is not done. */
  async set(user: Username, isOn: boolean): Promise<'kept' | 'for-now' | 'full'> {
    const folded = user.toLowerCase();
    const isKept = this.decisions.get(folded)?.[0] === true;
    const wasForNow = this.#forNow.delete(folded);
    if (!isOn && !isKept) {
      if (wasForNow) this.#ports.changed();
      return 'for-now';
    }
    if (isOn && !isKept && this.names.length >= maxIgnored) return 'full';
    if (isOn && !this.#ports.isAccount(user)) {
      this.#forNow.set(folded, user);
      this.#ports.changed();
      return 'for-now';
    }
    const root = isOn ? await this.#ports.rootOf(user) : undefined;
    this.#roots.delete(folded);
    await this.decisions.set(folded, [isOn, user, root ?? null]);
    return 'kept';
  }

  /** A login begins: names may have passed to others. */
  login(): void {
    this.#roots.clear();
  }

  async #look(folded: string, user: Username, kept: string): Promise<void> {
    this.#roots.set(folded, undefined);
    const root = await this.#ports.rootOf(user);
    if (root === undefined) return;
    this.#roots.set(folded, root);
    if (root !== kept) this.#ports.changed();
  }
}
