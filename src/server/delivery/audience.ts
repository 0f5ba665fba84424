// An audience in delivery: two broadcast buffers, because version 1 and the extended protocol use different lines for
// the same message. Usually only one of them is used.

import type { Audience, Form } from '../../hub/effects.ts';
import { BroadcastBuffer } from './broadcast-buffer.ts';
import type { AudienceBuffer, Receiver } from './receiver.ts';

/** One message in both forms, each a line with its end. A form without a line gets nothing. */
export type Lines = { readonly [F in Form]?: string | undefined };

/** The buffers of one audience. */
export class AudienceBuffers {
  v1: AudienceBuffer | undefined;
  extended: AudienceBuffer | undefined;

  /** The buffer of a form. Made with the number `number` if it does not exist. */
  of(form: Form, number: () => number): AudienceBuffer {
    return (this[form] ??= new BroadcastBuffer<Receiver>(number()));
  }

  /** Forgets a buffer without members. Returns whether no buffer is left. */
  prune(form: Form): boolean {
    if (this[form]?.members.size === 0) this[form] = undefined;
    return this.v1 === undefined && this.extended === undefined;
  }
}

const keys = { lobby: ' lobby', followers: ' followers' } as const;

/** The key of an audience. Group names contain no space, so no group has the key of another audience. */
export function audienceKey(audience: Audience): string {
  return audience.kind === 'group' ? audience.group : keys[audience.kind];
}
