import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { test } from 'node:test';
import { homeFolder } from './home.ts';

test('HOME says where the home folder is, and only as an absolute path', () => {
  assert.equal(homeFolder({ HOME: '/home/bob' }), '/home/bob');
  for (const HOME of [undefined, '', '.', 'here', './here', '~']) {
    assert.equal(homeFolder({ HOME }), userInfo().homedir, String(HOME));
  }
});

test('a user of whom the system knows no home has none, and never the current folder', (t) => {
  // Only root can become a user whom the system does not know.
  if (process.getuid?.() !== 0) return t.skip('NOT TRIED: only root can be somebody else');
  const module = new URL('./home.js', import.meta.url).href;
  const script = `
    process.setuid(54_321);
    import(${JSON.stringify(module)}).then(({ homeFolder }) => {
      try { console.log(homeFolder()); } catch (error) { console.log(error.name); }
    });`;
  for (const HOME of [undefined, '', 'here']) {
    const env = { ...process.env, HOME };
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
      env,
      encoding: 'utf8',
    });
    assert.equal(stdout, 'NoHomeFolder\n', stderr);
  }
});
