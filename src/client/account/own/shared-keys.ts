// Decisions about people's keys (/trust, /verify), told between the devices of the account. Another device takes one over
// only about the key that it sees itself, or where it knows none; what it sees otherwise it goes on asking about.

import * as v from 'valibot';
import { decodeBase64url, encodeBase64url } from '../../../lib/base64url.ts';
import { parseUsername, type Username } from '../../../wire/text.ts';
import type { DirectEngine } from '../../encryption/stored/engine.ts';
import type { KeyStanding } from '../../encryption/trust/key-events.ts';
import type { InboxBatch } from '../inbox/batch.ts';
import type { OwnChannel } from './own-channel.ts';

const kind = 'key';
const keyForm = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const bytes = decodeBase64url(dataset.value);
    if (bytes?.length === 32) return bytes;
    addIssue({ message: 'is no key' });
    return NEVER;
  }),
);
/** `devices`: those that the deciding device knows as theirs. `refused`: a key that was not taken. */
export const knownKeyForm = v.object({
  key: keyForm,
  verified: v.boolean(),
  devices: v.pipe(v.array(keyForm), v.maxLength(64)),
  refused: v.exactOptional(keyForm),
});
export type SharedKey = v.InferOutput<typeof knownKeyForm>;
export type EncodedKey = v.InferInput<typeof knownKeyForm>;

export interface SharedKeysPorts {
  readonly me: Username;
  readonly own: Pick<OwnChannel, 'on' | 'send'>;
  readonly engine: Pick<DirectEngine, 'decisionAbout' | 'takeOver'>;
  /** Held messages for `user` may continue. */
  readonly decided: (user: Username) => void;
}

export class SharedKeys {
  readonly #ports: SharedKeysPorts;

  constructor(ports: SharedKeysPorts) {
    this.#ports = ports;
    ports.own.on(kind, async ({ subject, body }, batch) => this.take(subject, body, batch));
  }

  /** The person has decided about the key of `user`. */
  async tell(user: Username): Promise<void> {
    const decision = await this.of(user);
    if (decision === undefined) return;
    // What can't be stored is not said: this client ends then.
    await this.#ports.own.send(kind, decision, user).catch(() => {});
  }

  /** What this device knows of the key of `user`; undefined where nobody has written to them or decided about it. */
  async of(user: Username): Promise<EncodedKey | undefined> {
    const known = await this.#ports.engine.decisionAbout(user);
    if (known === undefined) return undefined;
    const { key, verified, devices, refused } = known;
    return {
      key: encodeBase64url(key),
      verified,
      devices: devices.map(encodeBase64url),
      ...(refused && { refused: encodeBase64url(refused) }),
    };
  }

  /** Another device says what it knows of a key. */
  async take(name: string, body: unknown, batch: InboxBatch): Promise<void> {
    const [user, known] = [parseUsername(name), v.safeParse(knownKeyForm, body)];
    // Of the own devices the chain tells.
    if (user === undefined || user === this.#ports.me || !known.success) return;
    const taken: KeyStanding | undefined = await this.#ports.engine.takeOver(user, known.output);
    if (taken === undefined) return;
    batch.events.push({ type: 'key-decided-elsewhere', user, standing: taken });
    batch.afterwards.push(() => this.#ports.decided(user));
  }
}
