// The supervisor with its real thread and real ports.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { generate } from 'selfsigned';
import type { ConnectionId, TransferId, TransferPlan } from '../../hub/effects.ts';
import type { LineText, Username } from '../../wire/text.ts';
import { silentLogger } from '../log.ts';
import { RelaySupervisor } from './relay-supervisor.ts';

const settings = {
  ports: undefined,
  folder: undefined,
  connectTimeoutMs: 30_000,
  stallTimeoutMs: 30_000,
};
const origin = { address: '127.0.0.1', listenerHost: '127.0.0.1', isLocal: true, secure: false };
const homes = { sender: origin, receiver: origin };

const plan = (number: number): TransferPlan => ({
  transfer: number as TransferId,
  sender: { name: 'alice' as Username, connection: 1 as ConnectionId },
  receiver: { name: 'bob' as Username, connection: 2 as ConnectionId },
  metadata: 'm' as LineText,
  proof: undefined,
});

/** A supervisor, its log, and its reports, one at a time. */
function createSupervisor() {
  const reports: string[] = [];
  const errors: object[] = [];
  const ports = new Map<TransferId, number>();
  let changed = () => {};
  const report = (text: string) => {
    reports.push(text);
    changed();
  };
  const handler = new RelaySupervisor(
    settings,
    { ...silentLogger, error: (fields, message) => errors.push({ ...fields, message }) },
    {
      transferOpened(transfer, port) {
        ports.set(transfer, port);
        report(`opened ${transfer}`);
      },
      transferFailed: (transfer) => report(`failed ${transfer}`),
      transferClosed: (transfer) => report(`closed ${transfer}`),
      kept: ({ type, transfer }) => report(`${type} ${transfer}`),
    },
  );
  return {
    handler,
    errors,
    port: (number: number) => ports.get(number as TransferId) ?? 0,
    next: async () => {
      while (reports.length === 0) await new Promise<void>((resolve) => (changed = resolve));
      return reports.shift();
    },
  };
}

test('a supervisor that never had a file has nothing to finish', async () => {
  await createSupervisor().handler.finish();
});

test('what is closed is not reported, and with the last connection the thread ends', async () => {
  const { handler, port, next } = createSupervisor();
  handler.open(plan(1), homes);
  handler.close(1 as TransferId);
  handler.open(plan(2), homes);
  assert.equal(await next(), 'opened 2');
  const visitor = connect(port(2), '127.0.0.1').resume();
  // Closed or reset: it has ended.
  visitor.on('error', () => {});
  await once(visitor, 'connect');
  const closed = new Promise((resolve) => visitor.on('close', resolve));
  handler.close(2 as TransferId);
  await Promise.all([handler.finish(), closed]);
});

test('a thread that crashes ends its transfers, says so without secrets, and the next file has a new one', async () => {
  const { handler, errors, port, next } = createSupervisor();
  handler.open(plan(1), homes);
  assert.equal(await next(), 'opened 1');
  const rubbish = 'not a certificate, but a secret';
  handler.useTls({ cert: rubbish, key: rubbish });
  handler.open(plan(2), homes);
  assert.deepEqual(new Set([await next(), await next()]), new Set(['closed 1', 'failed 2']));
  assert.equal(errors.length, 1);
  assert.doesNotMatch(JSON.stringify(errors), /secret/);
  const late = connect(port(1), '127.0.0.1');
  await assert.rejects(once(late, 'connect'), { code: 'ECONNREFUSED' });
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'test' }], {
    keyType: 'ec',
    algorithm: 'sha256',
  });
  handler.useTls({ cert, key });
  handler.open(plan(3), homes);
  assert.equal(await next(), 'opened 3');
  await handler.finish();
});
