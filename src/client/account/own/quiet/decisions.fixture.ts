// For tests of what is decided: a channel that remembers what is said, and a store of one value.

import type { KeptValue } from '../../../store/store-port.ts';
import type { InboxBatch } from '../../inbox/batch.ts';
import type { DecisionPorts } from './decisions.ts';

/** `kept` is what a next start would find, `sent` what other devices would hear, by subject. */
export function decisionPorts(values: readonly KeptValue[], now: () => number) {
  const kept: KeptValue[] = [...values];
  const sent: [string, unknown][] = [];
  const ports: DecisionPorts = {
    own: {
      on: () => {},
      send: async (_kind, body, subject) => {
        sent.push([subject ?? '', body]);
        return 'queued';
      },
    },
    values,
    write: async (change) => {
      const made = change();
      if (made.type !== 'kept-value' || made.value === undefined) throw new Error('another change');
      kept.splice(0, kept.length, { name: made.name, value: made.value });
    },
    now,
  };
  return { ports, kept, sent };
}

export function emptyBatch(): InboxBatch {
  return { changes: [], afterwards: [] } as unknown as InboxBatch;
}
