// An audience in delivery: two broadcast buffers, because version 1 and the extended protocol use different lines for
// the same message. Usually only one of them is used.

import type { Audience, Form } from '../../hub/effects.ts';
import { BroadcastBuffer } from './broadcast-buffer.ts';
import type { AudienceBuffer, Receiver } from './receiver.ts';

/** The same in both forms, each a line with its end; a form without a line hears nothing. */
export type Lines = { readonly [F in Form]?: string | undefined };

/** The runs of one audience. */
export class AudienceBuffers {
  v1: AudienceBuffer | undefined;
  extended: AudienceBuffer | undefined;

  /** The run of a form, made with the number `number` where it is not there. */
  of(form: Form, number: () => number): AudienceBuffer {
    return (this[form] ??= new BroadcastBuffer<Receiver>(number()));
  }

  /** Lets go of a run that nobody hears. Returns whether there is none left. */
  prune(form: Form): boolean {
    if (this[form]?.members.size === 0) this[form] = undefined;
    return this.v1 === undefined && this.extended === undefined;
  }
}

/** The key of an audience. Names of groups hold no space, so no group is taken for another audience. */
export function audienceKey(audience: Audience): string {
  return audience.kind === 'group' ? audience.group : ` ${audience.kind}`;
}
