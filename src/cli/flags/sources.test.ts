import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Result } from '../../lib/result.ts';
import { formatFailure, type Failure } from '../failure.ts';
import { oneOf, path, wholeNumber } from './decoders.ts';
import { fromFile } from './file.ts';
import { settle } from './settle.ts';
import { fromArguments, fromEnvironment } from './sources.ts';
import type { Environment } from '../../platform/node/home.ts';
import { flag, optionalFlag, switchFlag } from './table.ts';

const table = {
  port: flag({ value: 'PORT', decode: wholeNumber(1, 9), default: '5', help: '' }),
  'tls-port': flag({ value: 'PORT', decode: wholeNumber(1, 9), default: '6', help: '' }),
  mode: optionalFlag({ value: 'MODE', decode: oneOf(['a', 'b']), help: '' }),
  keep: optionalFlag({ value: 'FILE', decode: path, help: '' }),
  plain: switchFlag(''),
};

function valueOf<T>(result: Result<T, Failure>): T {
  assert.ok(result.ok, result.ok ? '' : formatFailure(result.error));
  return result.value;
}

function problem(result: Result<unknown, Failure>): string {
  assert.ok(!result.ok, 'it was taken');
  assert.equal(result.error.exitCode, 1);
  return formatFailure(result.error);
}

const typed = (...argv: string[]) => fromArguments(table, argv, '/cwd');
const set = (env: Environment) => fromEnvironment(table, env, '/cwd');
const written = (text: string) =>
  fromFile(table, '/etc/helo.toml', text, { mode: 'Modes are typed.' });

test('a flag beats a variable beats a file beats the default', () => {
  const sources = [
    valueOf(typed('--port', '1')).source,
    valueOf(set({ HELO_PORT: '2', HELO_TLS_PORT: '2' })),
    valueOf(written('port = 3\ntls-port = 3\nplain = true')),
  ];
  const settled = (count: number) => valueOf(settle(table, sources.slice(count), {}));
  assert.deepEqual(settled(0), {
    port: 1,
    'tls-port': 2,
    mode: undefined,
    keep: undefined,
    plain: true,
  });
  assert.deepEqual(settled(1), {
    port: 2,
    'tls-port': 2,
    mode: undefined,
    keep: undefined,
    plain: true,
  });
  assert.deepEqual(settled(2), {
    port: 3,
    'tls-port': 3,
    mode: undefined,
    keep: undefined,
    plain: true,
  });
  assert.deepEqual(settled(3), {
    port: 5,
    'tls-port': 6,
    mode: undefined,
    keep: undefined,
    plain: false,
  });
});

test('a value that is not allowed is told with its place and with what is allowed', () => {
  const settled = (...sources: Parameters<typeof settle>[1]) => problem(settle(table, sources, {}));
  const allowed = 'must be a whole number from 1 to 9.';
  assert.equal(settled(valueOf(typed('--port=99')).source), `helo: --port 99: ${allowed}`);
  assert.equal(settled(valueOf(set({ HELO_PORT: 'x' }))), `helo: HELO_PORT=x: ${allowed}`);
  assert.equal(
    settled(valueOf(written('\n# port = 1\n  port = 0.5'))),
    `helo: /etc/helo.toml line 3: port = 0.5: ${allowed}`,
  );
});

test('a value of an earlier source hides a bad one of a later source', () => {
  const sources = [valueOf(typed('--port', '1')).source, valueOf(set({ HELO_PORT: 'bad' }))];
  assert.equal(valueOf(settle(table, sources, {})).port, 1);
});

test('arguments: the last of two counts, the rest is kept in order, -- ends the flags', () => {
  const { source, rest, help } = valueOf(
    typed('x', '--port', '1', '--plain', 'y', '--port=2', '--', '--z'),
  );
  assert.equal(source.get('port')?.text, '2');
  assert.equal(source.get('plain')?.text, 'true');
  assert.deepEqual(rest, ['x', 'y', '--z']);
  assert.equal(help, undefined);
  for (const name of ['-h', '--help']) {
    assert.equal(valueOf(typed('--port', '1', name)).help, 'usual');
  }
  assert.equal(valueOf(typed('--help-all')).help, 'all');
});

test('arguments: a value may be negative or begin with one dash, but another flag is no value', () => {
  assert.equal(valueOf(typed('--port', '-1')).source.get('port')?.text, '-1');
  assert.equal(valueOf(typed('--port=--x')).source.get('port')?.text, '--x');
  assert.equal(problem(typed('--port', '--plain')), 'helo: --port needs a value: --port PORT.');
  assert.equal(problem(typed('--port')), 'helo: --port needs a value: --port PORT.');
  assert.equal(problem(typed('--plain=yes')), 'helo: --plain takes no value.');
});

test('arguments: an unknown flag is refused, with the one that may be meant', () => {
  assert.equal(
    problem(typed('--prot', '1')),
    'helo: there is no flag --prot. Did you mean --port?',
  );
  assert.equal(
    problem(typed('--colour')),
    'helo: there is no flag --colour. See --help for those there are.',
  );
  for (const name of ['-p', '--toString', '--__proto__', '--constructor=1', '--no-plain']) {
    assert.match(problem(typed(name)), /^helo: there is no flag --?\w/);
  }
});

test('environment: what could be meant for a flag is refused, what belongs to others is left alone', () => {
  const meant = (name: string) => problem(set({ [name]: '1' }));
  assert.match(meant('HELO_PROT'), /no setting for .* HELO_PROT\. Did you mean HELO_PORT\?/);
  assert.match(meant('HELO_TLS_PROT'), /Did you mean HELO_TLS_PORT\?/);
  assert.match(meant('HELO_TLS_CIPHERS'), /Did you mean HELO_TLS_PORT\?/);
  const others = { HELO_NAME: 'a', HELO_SERVER: 'b', PORT: '1', helo_port: '1', HELO_: '1' };
  assert.equal(valueOf(set(others)).size, 0);
});

test('environment: an empty variable counts as not set', () => {
  assert.equal(valueOf(set({ HELO_PORT: '', HELO_PROT: '' })).size, 0);
});

test('relative paths start from where they were written', () => {
  const keep = (source: Parameters<typeof settle>[1][number]) =>
    valueOf(settle(table, [source], {})).keep;
  assert.equal(keep(valueOf(typed('--keep', 'a')).source), '/cwd/a');
  assert.equal(keep(valueOf(set({ HELO_KEEP: 'a' }))), '/cwd/a');
  assert.equal(keep(valueOf(written('keep = "a"'))), '/etc/a');
});

test('file: unknown, forbidden and structured keys are refused, with their line', () => {
  assert.equal(
    problem(written('port = 1\n"prot" = 2')),
    'helo: /etc/helo.toml line 2: there is no setting prot. Did you mean port?',
  );
  assert.equal(
    problem(written('colour = 2')),
    'helo: /etc/helo.toml line 1: there is no setting colour. Settings are: port, tls-port, keep, plain.',
  );
  assert.match(problem(written('[port]\na = 1')), /line 1: port must be a single value/);
  assert.match(problem(written('port = [1]')), /line 1: port must be a single value/);
  assert.match(problem(written('port = 1979-05-27')), /line 1: port must be a single value/);
  assert.match(problem(written('[server]\nport = 1')), /line 1: there is no setting server/);
  assert.match(problem(written('__proto__ = 1')), /there is no setting __proto__/);
  assert.equal(
    problem(written('mode = "a"')),
    'helo: /etc/helo.toml line 1: mode cannot be set here. Modes are typed.',
  );
});

test('file: what is no TOML is told with line and column, on one line, without what stands around it', () => {
  const text = problem(written('port = 1\nwelcome = hello there'));
  assert.match(text, /^helo: \/etc\/helo\.toml line 2, column \d+: /);
  assert.doesNotMatch(text, /\n|hello there/);
  assert.match(problem(written('port = 1\nport = 2')), /line 2, column 1: trying to redefine/);
});
