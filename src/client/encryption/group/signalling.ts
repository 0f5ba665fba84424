// Signals in a sealed group (docs/E2EE.md 18): under the same conditions as a text they are sealed, and opened only in the
// state that they were sealed in. Nothing of the state changes, so nothing has to be stored.
import { decodeBase64url, encodeBase64url } from '../../../lib/base64url.ts';
import type { Username } from '../../../wire/text.ts';
import { openSignal, sealSignal } from '../../../e2ee/group/group-signal.ts';
import type { GroupPorts } from './ports.ts';
import type { SealedGroup } from './sealed-group.ts';
import { sealable } from './writing.ts';

export interface SealedSignal {
  readonly sealed: string;
  readonly on: number;
}

export interface OpenedSignal {
  readonly from: Username;
  /** The device's key. */
  readonly device: Uint8Array;
  readonly body: Uint8Array;
}

/** Undefined where a text could not be sealed either. */
export async function sealGroupSignal(
  ports: GroupPorts,
  group: SealedGroup,
  body: Uint8Array,
  random: Uint8Array,
): Promise<SealedSignal | undefined> {
  const able = await sealable(ports, group);
  if (!able.ok) return undefined;
  const { on } = group;
  const bytes = await sealSignal(able.value.session, ports.device, { on, body, random });
  return { sealed: encodeBase64url(bytes), on };
}

/** `later`: it is of a commit that this device has yet to process. Undefined: it is of no use. */
export async function openGroupSignal(
  group: SealedGroup,
  { sealed, on }: SealedSignal,
): Promise<OpenedSignal | 'later' | undefined> {
  const { phase } = group;
  if (on > group.on) return 'later';
  const bytes = decodeBase64url(sealed);
  if (phase.kind !== 'in' || on !== group.on || bytes === undefined) return undefined;
  const opened = await openSignal(phase.session, on, bytes);
  if (opened === undefined) return undefined;
  const { body, sender } = opened;
  return { from: sender.identity.name as Username, device: sender.key, body };
}
