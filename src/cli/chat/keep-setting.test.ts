import assert from 'node:assert/strict';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { settingKeeper, type KeepSetting } from './keep-setting.ts';

async function place(
  t: TestContext,
): Promise<{ keep: KeepSetting; folder: string; path: string; home: string }> {
  const home = await mkdtemp(join(tmpdir(), 'helo-keep-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  const folder = join(home, 'config', 'helo');
  const keep = settingKeeper({ XDG_CONFIG_HOME: join(home, 'config') });
  return { keep, folder, path: join(folder, 'config.toml'), home };
}

test('a file that is not there is made, for its owner alone', async (t) => {
  const { keep, folder, path } = await place(t);
  assert.deepEqual(await keep('theme', 'light'), { ok: true, value: path });
  assert.equal(await readFile(path, 'utf8'), '[screen]\ntheme = "light"\n');
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
  assert.deepEqual(await readdir(folder), ['config.toml']);
});

test('what somebody wrote into it since stays, and so does its mode', async (t) => {
  const { keep, folder, path } = await place(t);
  await mkdir(folder, { recursive: true });
  await writeFile(path, '[screen] # mine\ntheme = "dark"\n');
  await chmod(path, 0o644);
  await keep('theme', 'light');
  await writeFile(path, `${await readFile(path, 'utf8')}\n[keys]\nnext = "f5"\n`);
  // Both at once: neither undoes the other.
  await Promise.all([keep('mouse', 'on'), keep('theme', 'auto')]);
  assert.equal(
    await readFile(path, 'utf8'),
    '[screen] # mine\ntheme = "auto"\nmouse = "on"\n\n[keys]\nnext = "f5"\n',
  );
  assert.equal((await stat(path)).mode & 0o777, 0o644);
});

test('a link to a file of elsewhere stays a link', async (t) => {
  const { keep, folder, path, home } = await place(t);
  const dotfile = join(home, 'dotfiles.toml');
  await mkdir(folder, { recursive: true });
  await writeFile(dotfile, '# in git\n');
  await symlink(dotfile, path);
  assert.equal((await keep('theme', 'light')).ok, true);
  assert.equal(await readlink(path), dotfile);
  assert.equal(await readFile(dotfile, 'utf8'), '# in git\n\n[screen]\ntheme = "light"\n');
});

test('a file that cannot be changed is left alone, and the person is told what to write', async (t) => {
  const { keep, folder, path, home } = await place(t);
  await mkdir(folder, { recursive: true });
  for (const content of ['[screen', 'screen = 5\n', Buffer.from([0xff, 0xfe])]) {
    await writeFile(path, content);
    const kept = await keep('theme', 'light');
    assert.equal(kept.ok, false);
    assert.match(kept.ok ? '' : kept.error, /write: theme = "light"$/);
    assert.deepEqual(await readFile(path), Buffer.from(content));
  }
  await rm(path);
  await symlink(join(home, 'nothing'), path);
  const kept = await keep('theme', 'light');
  assert.match(kept.ok ? '' : kept.error, /leads nowhere/);
  assert.deepEqual(await readdir(home), ['config']);
});
