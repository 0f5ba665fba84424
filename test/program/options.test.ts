import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { connectLines } from '../support/line-client.ts';
import { runProgram, startServerProgram, type ProgramOptions } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** The greeting without the features at its end. */
async function greeting(t: TestContext, options: ProgramOptions): Promise<string> {
  const server = await startServerProgram(t, options);
  const client = await connectLines(t, server.plain);
  const line = await client.next();
  await server.stop();
  return line.replace(/ \[helo: .*\]$/, '');
}

async function refusal(t: TestContext, options: ProgramOptions, code = 1): Promise<string> {
  const args = ['serve', '--port', '0', '--tls-port', 'off', ...(options.args ?? [])];
  const ended = await runProgram(t, { ...options, args });
  assert.deepEqual({ code: ended.code, stdout: ended.stdout }, { code, stdout: '' }, ended.stderr);
  assert.match(ended.stderr, /^helo: [^\n]+\n$/, 'one line');
  return ended.stderr;
}

test('a flag beats a variable beats the file in the data directory beats the default', async (t) => {
  const data = await temporaryFolder(t);
  await writeFile(join(data, 'helo.toml'), 'welcome = "from the file"\n');
  const env = { HELO_WELCOME: 'from the variable' };
  const flags = ['--welcome', 'from the flag'];
  const where = ['--data', data];
  assert.equal(await greeting(t, {}), 'HELO Welcome to helo');
  assert.equal(await greeting(t, { args: where }), 'HELO from the file');
  assert.equal(await greeting(t, { args: where, env }), 'HELO from the variable');
  assert.equal(await greeting(t, { args: [...where, ...flags], env }), 'HELO from the flag');
});

test('the file is found by --config, by HELO_CONFIG, and in the folder of HELO_DATA', async (t) => {
  const folder = await temporaryFolder(t);
  const config = join(folder, 'other.toml');
  await mkdir(join(folder, 'd'));
  await writeFile(config, 'welcome = "grüße"\nping-interval = 0.5\ndata = "d"');
  await writeFile(join(folder, 'd', 'helo.toml'), 'welcome = "from the data directory"');
  assert.equal(await greeting(t, { args: ['--config', config] }), 'HELO grüße');
  assert.equal(await greeting(t, { env: { HELO_CONFIG: config } }), 'HELO grüße');
  const env = { HELO_DATA: join(folder, 'd') };
  assert.equal(await greeting(t, { env }), 'HELO from the data directory');
});

test('relative paths: of flags from the folder of the shell, of a file from its own', async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'etc'));
  await writeFile(join(folder, 'etc', 'helo.toml'), 'data = "kept"');
  await startServerProgram(t, { folder, args: ['--config', 'etc/helo.toml', '--tls-port', '0'] });
  await writeFile(join(folder, 'etc', 'kept', 'tls', 'proof'), 'the folder is there');
});

test('bad values are told with their place and with what is allowed', async (t) => {
  const folder = await temporaryFolder(t);
  const config = join(folder, 'helo.toml');
  await writeFile(config, '# my server\nmax-connections = 0\n');
  assert.equal(
    await refusal(t, { args: ['--ping-interval', 'often'] }),
    'helo: --ping-interval often: must be seconds from 0.05 to 86400, or 0 for never.\n',
  );
  assert.equal(
    await refusal(t, { env: { HELO_FILE_PORTS: '9-1' } }),
    'helo: HELO_FILE_PORTS=9-1: must be two ports A-B with 1 <= A <= B <= 65535, such as 5000-5099.\n',
  );
  assert.equal(
    await refusal(t, { args: ['--config', config] }),
    `helo: ${config} line 2: max-connections = 0: must be a whole number from 1 to 1000000.\n`,
  );
});

test('unknown names are refused wherever they stand, with what may be meant', async (t) => {
  const data = await temporaryFolder(t);
  await writeFile(join(data, 'helo.toml'), 'wellcome = "a"\n');
  assert.match(
    await refusal(t, { args: ['--wellcome', 'a'] }),
    /--wellcome\. Did you mean --welcome\?/,
  );
  assert.match(
    await refusal(t, { env: { HELO_WELLCOME: 'a' } }),
    /HELO_WELLCOME\. Did you mean HELO_WELCOME\?/,
  );
  assert.match(
    await refusal(t, { args: ['--data', data] }),
    /helo\.toml line 1: there is no setting wellcome\. Did you mean welcome\?/,
  );
  assert.match(await refusal(t, { args: ['now'] }), /serve takes flags only, not now\./);
});

test('variables of other commands are left alone', async (t) => {
  const env = { HELO_NAME: 'alice', HELO_SERVER: 'localhost:1' };
  assert.equal(await greeting(t, { env }), 'HELO Welcome to helo');
});

test('a configuration that is not there, is no TOML or no text is told', async (t) => {
  const folder = await temporaryFolder(t);
  const at = (name: string) => join(folder, name);
  await writeFile(at('broken.toml'), 'welcome = hello\n');
  await writeFile(at('binary.toml'), Buffer.from([0xff, 0xfe, 0x00]));
  const told = (name: string, code = 1) => refusal(t, { args: ['--config', at(name)] }, code);
  assert.match(await told('none.toml', 3), /none\.toml cannot be read: there is no such file/);
  assert.match(await told('', 3), /cannot be read: it is a folder/);
  assert.match(await told('broken.toml'), /broken\.toml line 1, column \d+: /);
  assert.match(await told('binary.toml'), /binary\.toml is not text in UTF-8/);
});

test('a file in the data directory counts once it is there, readable or not', async (t) => {
  const data = await temporaryFolder(t);
  await mkdir(join(data, 'helo.toml'));
  const line = await refusal(t, { args: ['--data', data] }, 3);
  assert.match(line, /helo\.toml cannot be read: it is a folder/);
});

test('the file in the data directory cannot move the data directory', async (t) => {
  const data = await temporaryFolder(t);
  await writeFile(join(data, 'helo.toml'), '\ndata = "/tmp"');
  const line = await refusal(t, { args: ['--data', data] });
  assert.match(line, /line 2: data cannot be set here\. This file is found by way of/);
});

test('settings that exclude each other are refused', async (t) => {
  assert.match(await refusal(t, { args: ['--port', 'off'] }), /nowhere to listen/);
  const half = await refusal(t, { args: ['--tls-port', '0', '--tls-cert', 'a.pem'] });
  assert.match(half, /tls-cert and tls-key belong together/);
});
