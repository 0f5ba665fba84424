import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { serveFlags } from '../../src/cli/serve/options.ts';
import { summaries } from '../../src/cli/summaries.ts';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { variableOf } from '../../src/cli/flags/table.ts';
import { runProgram } from '../support/program.ts';
import { inRepository } from '../support/repository.ts';

test('helo, helo --help and helo help name every command', async (t) => {
  for (const args of [[], ['--help'], ['-h'], ['help']]) {
    const { code, stdout, stderr } = await runProgram(t, { args });
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    for (const name of Object.keys(summaries))
      assert.match(stdout, new RegExp(`^ {2}helo ${name} `, 'm'));
  }
});

test('helo --version tells the version of the package', async (t) => {
  const { version } = JSON.parse(await readFile(inRepository('package.json'), 'utf8'));
  const { code, stdout } = await runProgram(t, { args: ['--version'] });
  assert.deepEqual({ code, stdout }, { code: 0, stdout: `helo ${version}\n` });
});

test('the help of every command fits on one screen of 80 by 24', async (t) => {
  for (const name of Object.keys(summaries)) {
    const { code, stdout } = await runProgram(t, { args: [name, '--help'] });
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`^Usage: helo ${name}`));
    const lines = stdout.split('\n');
    assert.ok(lines.length <= 24, `${lines.length} lines`);
    for (const line of lines) assert.ok(line.length <= 80, line);
    assert.equal((await runProgram(t, { args: ['help', name] })).stdout, stdout);
  }
});

test('helo serve --help-all tells every flag, within 80 columns', async (t) => {
  const { code, stdout } = await runProgram(t, { args: ['serve', '--help-all'] });
  assert.equal(code, 0);
  for (const name of Object.keys(serveFlags))
    assert.match(stdout, new RegExp(`^ {2}--${name} `, 'm'));
  for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
});

test('a bug of any command ends it with code 2 and a line without its message', async (t) => {
  // Throws as soon as the program handles bugs.
  const bug = `process.on('newListener', (name) => {
    const bug = () => { throw new RangeError('words of alice'); };
    if (name === 'uncaughtException') process.nextTick(bug);
  });`;
  const { code, stderr } = await runProgram(t, {
    args: ['--help'],
    nodeArgs: ['--import', `data:text/javascript,${encodeURIComponent(bug)}`],
  });
  assert.equal(code, 2);
  assert.match(stderr, /^helo: stopped by a bug of its own, please report it: RangeError .+\n$/);
  assert.doesNotMatch(stderr, /words of alice/);
});

test('an unknown command or flag is refused with code 1 and what may be meant', async (t) => {
  const told = async (...args: string[]) => {
    const { code, stdout, stderr } = await runProgram(t, { args });
    assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
    return stderr;
  };
  assert.equal(await told('sevre'), 'helo: there is no command sevre. Did you mean serve?\n');
  assert.match(await told('dance'), /^helo: there is no command dance\. Commands are: .*serve/);
  assert.match(await told('--porta'), /^helo: there is no flag --porta\./);
  assert.match(await told('toString'), /^helo: there is no command toString\./);
});

test('docs/OPERATIONS.md tells every setting with its default, and every exit code', async () => {
  const file = await readFile(inRepository('docs/OPERATIONS.md'), 'utf8');
  // The tables are padded into columns.
  const text = file.replaceAll(/ +/g, ' ');
  for (const [name, { value, shownDefault }] of Object.entries(serveFlags)) {
    // A switch has no value, and is off.
    const flag = value === undefined ? `--${name}` : `--${name} ${value}`;
    const shown = shownDefault ?? (value === undefined ? 'off' : 'none');
    const row = `| \`${flag}\` | \`${variableOf(name)}\` | ${shown} |`;
    assert.ok(text.includes(row), `no row ${row}`);
  }
  for (const code of Object.values(exitCodes))
    assert.match(text, new RegExp(`^\\| ${code} \\|`, 'm'));
});
