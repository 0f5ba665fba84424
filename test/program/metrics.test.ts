// Metrics and health of the real program, requested as by a collector and a supervisor.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import { metricTable, otherMetrics } from '../../src/server/metrics/registry.ts';
import { connectLines } from '../support/line-client.ts';
import { runProgram, startServerProgram, type ServerProgram } from '../support/program.ts';
import { inRepository } from '../support/repository.ts';

interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: string;
}

function metricsPort(server: ServerProgram): number {
  const [, port] = /^ {2}metrics +127\.0\.0\.1:(\d+) /m.exec(server.stdout()) ?? [];
  return Number(port ?? assert.fail('no metrics in the banner'));
}

function ask(server: ServerProgram, path: string, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: metricsPort(server), path, method, agent: false };
    const asked = request(options, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers['content-type'],
          body,
        }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });
}

async function figures(server: ServerProgram): Promise<Map<string, number>> {
  const { body } = await ask(server, '/metrics');
  const rows = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    rows.map((row) => {
      const at = row.lastIndexOf(' ');
      return [row.slice(0, at), Number(row.slice(at + 1))];
    }),
  );
}

async function start(t: TestContext, args: readonly string[] = []): Promise<ServerProgram> {
  return startServerProgram(t, {
    args: ['--metrics-port', '0', '--ping-interval', '0', ...args],
  });
}

async function login(t: TestContext, server: ServerProgram, name: string) {
  const client = await connectLines(t, server.plain);
  await client.next();
  client.send(`HELO ${name}`);
  await client.expect(`+OK HELO ${name}`);
  return client;
}

test('the figures are those of what was said', async (t) => {
  const server = await start(t);
  const alice = await login(t, server, 'alice');
  const bob = await login(t, server, 'bob');
  const stranger = await connectLines(t, server.plain);
  await stranger.next();
  alice.send('CREATE_GROUP /create_group talk');
  await alice.next();
  alice.send('DANCE');
  await alice.next();
  alice.send('BCST hello');
  await alice.next();
  await bob.next();
  const told = await figures(server);
  const expected = {
    helo_connections: 3,
    helo_connections_total: 3,
    helo_users: 2,
    helo_groups: 1,
    helo_commands_total: 4,
    helo_refused_lines_total: 1,
    // Three greetings, two logins, a group, a refusal, a broadcast and its confirmation.
    helo_deliveries_total: 9,
    helo_unsent_bytes: 0,
    helo_slow_readers: 0,
    helo_held_back_connections: 0,
    helo_batch_lines_sum: 1,
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(told.get(name), value, name);
  assert.ok((told.get('helo_written_bytes_total') ?? 0) > 100);
  for (const name of [
    'nodejs_eventloop_lag_p99_seconds',
    'process_resident_memory_bytes',
    'process_cpu_seconds_total',
  ])
    assert.ok(told.has(name), name);
});

test('a flood shows in the figures while it lasts', async (t) => {
  const server = await start(t);
  const flooder = await login(t, server, 'flooder');
  for (let said = 0; said < 1100; said++) flooder.send('PONG');
  flooder.send('BCST last');
  let told = await figures(server);
  while ((told.get('helo_holds_total') ?? 0) === 0) told = await figures(server);
  assert.equal(told.get('helo_held_back_connections'), 1);
  await flooder.expect('+OK BCST last');
});

test('the text is what Prometheus reads: type, help and type of every metric, the version', async (t) => {
  const server = await start(t);
  const { status, type, body } = await ask(server, '/metrics');
  assert.equal(status, 200);
  assert.match(type ?? '', /^text\/plain; version=0\.0\.4/);
  const { version } = JSON.parse(await readFile(inRepository('package.json'), 'utf8'));
  assert.ok(body.includes(`helo_build_info{version="${version}",node="${process.version}"} 1\n`));
  for (const { name, help } of [...Object.values(metricTable), ...Object.values(otherMetrics)]) {
    assert.ok(body.includes(`# HELP ${name} ${help}\n# TYPE ${name} `), name);
    assert.ok(body.includes(`# TYPE ${name} counter`) === name.endsWith('_total'), name);
  }
});

test('the health is ok, and 503 from the signal to the end', async (t) => {
  const server = await start(t);
  assert.deepEqual(await ask(server, '/healthz'), {
    status: 200,
    type: 'text/plain; charset=utf-8',
    body: 'ok\n',
  });
  // A client that does not read its last line keeps the server open for a moment.
  const sleeper = connect({ ...server.plain, allowHalfOpen: true });
  t.after(() => sleeper.destroy());
  await new Promise((resolve) => sleeper.once('data', resolve));
  sleeper.pause();
  server.process.kill('SIGTERM');
  let health = await ask(server, '/healthz');
  while (health.status === 200) health = await ask(server, '/healthz');
  assert.deepEqual([health.status, health.body], [503, 'shutting down\n']);
  assert.equal((await server.ended).code, 0);
});

test('nothing else is there, and nothing at all unless it was asked for', async (t) => {
  const server = await start(t);
  assert.equal((await ask(server, '/')).status, 404);
  assert.equal((await ask(server, '/metrics?x=1')).status, 200);
  assert.equal((await ask(server, '/metrics', 'POST')).status, 405);
  const quiet = await startServerProgram(t);
  assert.doesNotMatch(quiet.stdout(), /metrics/);
});

test('a port that is taken is told by the name of its flag', async (t) => {
  const server = await start(t);
  const args = ['serve', '--port', '0', '--tls-port', 'off'];
  const { code, stderr } = await runProgram(t, {
    args: [...args, '--metrics-port', `${metricsPort(server)}`],
  });
  assert.equal(code, 3);
  assert.match(stderr, /choose another port with --metrics-port/);
});

test('docs/OPERATIONS.md lists every metric with its help', async () => {
  // The tables are padded into columns.
  const text = (await readFile(inRepository('docs/OPERATIONS.md'), 'utf8')).replaceAll(/ +/g, ' ');
  for (const { name, help } of [...Object.values(metricTable), ...Object.values(otherMetrics)])
    assert.ok(text.includes(`| \`${name}\` | ${help} |`), name);
});
