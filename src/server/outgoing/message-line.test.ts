// The lines written by hand, compared with those of the table of events.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SaidPost, SealedPart } from '../../hub/effects.ts';
import type { LogId } from '../../hub/records.ts';
import { formatExtendedEvent, parseExtendedEvent } from '../../wire/extended/events.ts';
import type { ConversationName } from '../../wire/extended/names.ts';
import type { LineText, Username } from '../../wire/text.ts';
import { binaryFromText } from '../binary-string.ts';
import { formatMessage, formatSent } from './message-line.ts';

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const token = fc.stringMatching(/^[\w-]{1,20}$/);
const text = fc
  .string({ unit: 'binary', minLength: 1 })
  .filter((text) => !/[\r\n\0]/.test(text)) as fc.Arbitrary<LineText>;

/** As the hub makes them: of a message, of a commit, of records, of the server's own out. */
const sealedPart: fc.Arbitrary<SealedPart> = fc.oneof(
  fc.record({ seen: fc.nat(), on: fc.nat() }),
  fc.record(
    {
      seen: fc.nat(),
      on: fc.nat(),
      kind: fc.constantFrom('found', 'enter', 'remove', 'rotate'),
      commit: maybe(token),
      info: token,
      records: maybe(fc.array(token, { maxLength: 8 })),
      chain: maybe(fc.array(token, { maxLength: 8 })),
    },
    { noNullPrototype: true },
  ),
  fc.record({ records: fc.array(token, { maxLength: 8 }) }),
  fc.record({ out: fc.constant({ user: 'bob' as Username, why: 'kicked' as const }) }),
);

const saidInText: fc.Arbitrary<SaidPost> = fc.record(
  {
    name: fc.constantFrom('lobby', '#tea', '@Alice+bob') as fc.Arbitrary<ConversationName>,
    log: fc.constant(1 as LogId),
    seq: maybe(fc.nat()),
    at: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    from: maybe(fc.constantFrom('alice', 'B_0') as fc.Arbitrary<Username>),
    guest: fc.boolean(),
    id: maybe(fc.constantFrom('s-_9.1', 'x.999')),
    text: maybe(text),
    content: maybe(token),
    sealed: maybe(token),
    welcome: maybe(token),
    device: maybe(fc.constant('A'.repeat(43))),
    inSealed: maybe(sealedPart),
  },
  { noNullPrototype: true },
);

test('it is what the table of events makes, whatever was said', () => {
  fc.assert(
    fc.property(saidInText, (said) => {
      const binary = { ...said, text: said.text && (binaryFromText(said.text) as LineText) };
      const { name, log: _, guest, ...fields } = binary;
      const { seq, at, from, inSealed, ...rest } = fields;
      const event = { in: name, seq, at, from, guest: guest || undefined, ...rest, ...inSealed };
      const line = formatMessage(binary);
      assert.equal(line, formatExtendedEvent({ verb: 'MSG', ...event }));
      // A client reads the message from these bytes.
      const read = parseExtendedEvent(Buffer.from(line, 'latin1').toString('utf8').slice(0, -1));
      assert.ok(read?.verb === 'MSG');
      assert.equal(read.text, said.text && Buffer.from(said.text, 'utf8').toString('utf8'));
    }),
    { numRuns: 500 },
  );
});

test('so is its confirmation', () => {
  const sent = fc.record(
    {
      verb: fc.constant('SENT' as const),
      label: maybe(text.map(binaryFromText)),
      in: fc.constantFrom('lobby', '@Alice+bob') as fc.Arbitrary<ConversationName>,
      id: fc.constantFrom('s-_9.1', 'x.999'),
      seq: maybe(fc.nat()),
      at: maybe(fc.nat({ max: Number.MAX_SAFE_INTEGER })),
      repeated: maybe(fc.constant(true)),
    },
    { noNullPrototype: true },
  );
  fc.assert(fc.property(sent, (sent) => assert.equal(formatSent(sent), formatExtendedEvent(sent))));
});
