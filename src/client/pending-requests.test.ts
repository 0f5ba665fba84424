import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExtendedEvent } from '../wire/extended/events.ts';
import { parseRequest } from '../wire/extended/requests.ts';
import { PendingRequests, type RequestAnswer } from './pending-requests.ts';

function makeRequests() {
  const lines: string[] = [];
  const requests = new PendingRequests((line) => lines.push(line));
  const says = (verb: string, fields: object) => {
    const event = parseExtendedEvent(`${verb} ${JSON.stringify(fields)}`);
    assert.ok(event, 'the test says what the schema does not take');
    return requests.receive(event);
  };
  return { requests, lines, says };
}

test('answers find whoever asked, in whatever order they come', () => {
  const { requests, lines, says } = makeRequests();
  const answers: [string, unknown][] = [];
  requests.ask('PEOPLE', {}, (answer) => answers.push(['people', answer]));
  requests.ask('STOCK', { packages: [] }, (answer) => answers.push(['stock', answer]));
  const labels = [parseRequest('PEOPLE', lines[0] ?? ''), parseRequest('STOCK', lines[1] ?? '')];
  const [one, two] = labels.map(
    (request) => request?.verb !== 'GOT' && (request as { label: string }).label,
  );
  assert.notEqual(one, two);
  assert.ok(says('STOCKED', { label: two, stock: 7 }));
  assert.ok(
    says('FAILED', { label: one, request: 'PEOPLE', code: 'store-failed', text: 'no', retryMs: 5 }),
  );
  assert.deepEqual(answers, [
    ['stock', { ok: true, value: { verb: 'STOCKED', label: two, stock: 7 } }],
    [
      'people',
      { ok: false, error: { code: 'store-failed', text: 'no', expected: undefined, retryMs: 5 } },
    ],
  ]);
  assert.equal(requests.waiting, 0);
});

test('answers that nobody asked for change nothing, other events are not for the requests', () => {
  const { requests, says } = makeRequests();
  let answer: RequestAnswer<'PEOPLE'> | undefined;
  requests.ask('PEOPLE', {}, (came) => (answer = came));
  assert.ok(says('PEOPLE', { label: 'nobody', people: [] }));
  assert.ok(says('PEOPLE', { people: [] }));
  assert.ok(says('STOCKED', { label: '1', stock: 1 }), 'of another kind than was asked');
  assert.equal(answer, undefined);
  assert.ok(!says('MSG', { in: 'lobby', at: 1, text: 'hi' }));
  assert.ok(says('PEOPLE', { label: '1', people: [] }));
  assert.ok(answer !== undefined);
});

test('what is not answered before the end is told as gone, and nothing is asked afterwards', () => {
  const { requests, lines } = makeRequests();
  const answers: unknown[] = [];
  requests.ask('PEOPLE', {}, (answer) => answers.push(answer));
  requests.close();
  requests.ask('PEOPLE', {}, (answer) => answers.push(answer));
  const gone = { ok: false, error: { code: 'gone' } };
  assert.deepEqual(answers, [gone, gone]);
  assert.equal(lines.length, 1);
});
