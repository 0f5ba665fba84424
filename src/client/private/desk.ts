// What all conversations of one Messenger share. Internal to this folder.
import { formatHex } from '../../lib/bytes.ts';
import type { Device } from '../../e2ee/device.ts';
import { digest, type Suite } from '../../e2ee/suite.ts';
import type { MessengerEvent } from './events.ts';
import { sealHashBytes } from './frame.ts';
import type { Timers } from '../ports.ts';
import type { PinStore, PrivateWire } from './ports.ts';
import type { ShownTexts } from './shown-texts.ts';

export interface Desk {
  readonly suite: Suite;
  readonly device: Device;
  readonly me: string;
  /** This login, in hex: new and random for each Messenger. */
  readonly incarnation: string;
  readonly wire: PrivateWire;
  readonly timers: Timers;
  readonly pins: PinStore;
  readonly shown: ShownTexts;
  now(): number;
  tell(event: MessengerEvent): void;
  /** Runs `task` in its turn. Everything asynchronous goes through here. */
  run(task: () => Promise<void>): void;
  /** A line to `user` is about to leave. */
  lineTo(user: string): void;
  /** Asks `user` for a key; the answer bears the timestamp that is returned. */
  askKey(user: string): string;
  /** An answer with that timestamp is not wanted any more. */
  forgetAsked(timestamp: string): void;
  /** `groupId` belongs to the conversation with `user`, or (undefined) to none any more. */
  assignGroup(groupId: string, user: string | undefined): void;
  /** Whether a handshake or question because of unreadable lines is within the limits; counts it. */
  mayRecover(): boolean;
  /** Whether one more line may wait for its Welcome; counts it. Each yes is followed by one `letGo`. */
  mayHold(): boolean;
  letGo(): void;
}

/** What stands for a sealed message in a resend frame. */
export async function sealHashOf(suite: Suite, bytes: Uint8Array): Promise<string> {
  return formatHex((await digest(suite, bytes)).subarray(0, sealHashBytes));
}
