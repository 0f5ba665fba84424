import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { answerPage, securityHeaders } from './answer.ts';
import { readPage } from './page.ts';

const script = 'console.log(1);'.repeat(100);

async function pageOf(t: TestContext) {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<!doctype html>');
  await writeFile(join(folder, 'assets', 'page-1a2b.js'), script);
  await writeFile(join(folder, 'assets', 'page-1a2b.js.br'), 'br');
  await writeFile(join(folder, 'assets', 'page-1a2b.js.gz'), gzipSync(script));
  const page = await readPage(folder);
  return (url: string, headers: Record<string, string> = {}, method = 'GET') =>
    answerPage(page, { method, url, headers });
}

test('a file is served as its type, for ever if its name holds its hash, and else asked for each time', async (t) => {
  const get = await pageOf(t);
  const index = get('/?query=1');
  assert.equal(index.status, 200);
  assert.equal(String(index.body), '<!doctype html>');
  assert.equal(index.headers['content-type'], 'text/html; charset=utf-8');
  assert.equal(index.headers['cache-control'], 'no-cache');
  assert.equal(index.headers['vary'], undefined);
  const asset = get('/assets/page-1a2b.js');
  assert.equal(asset.headers['content-type'], 'text/javascript; charset=utf-8');
  assert.match(String(asset.headers['cache-control']), /^public, max-age=31536000, immutable$/);
  for (const answer of [index, asset, get('/none'), get('/', {}, 'POST')]) {
    for (const [name, value] of Object.entries(securityHeaders)) {
      assert.equal(answer.headers[name], value);
    }
  }
});

test('the smallest form that the client takes, and a tag of its own for each', async (t) => {
  const get = await pageOf(t);
  const coding = (accepted: string) =>
    get('/assets/page-1a2b.js', { 'accept-encoding': accepted }).headers['content-encoding'];
  assert.equal(coding('gzip, deflate, br'), 'br');
  assert.equal(coding('gzip'), 'gzip');
  assert.equal(coding('br;q=0, GZIP;q=0.5'), 'gzip');
  assert.equal(coding('*'), 'br');
  assert.equal(coding('br;q=0, *;q=0'), undefined);
  assert.equal(coding(''), undefined);
  const tags = ['br', 'gzip', ''].map((accepted) => {
    const { etag, vary } = get('/assets/page-1a2b.js', { 'accept-encoding': accepted }).headers;
    assert.equal(vary, 'accept-encoding');
    return String(etag);
  });
  assert.equal(new Set(tags).size, 3);
  for (const tag of tags) assert.match(tag, /^"[\w-]+"$/, 'a strong one');
});

test('who has the same gets 304 without a body', async (t) => {
  const get = await pageOf(t);
  const etag = String(get('/').headers['etag']);
  for (const known of [etag, `"other", W/${etag}`, '*']) {
    const again = get('/', { 'if-none-match': known });
    assert.equal(again.status, 304);
    assert.equal(String(again.body), '');
    assert.equal(again.headers['etag'], etag);
  }
  assert.equal(get('/', { 'if-none-match': '"other"' }).status, 200);
});

test('nothing but the files of the page, and nothing but GET and HEAD', async (t) => {
  const get = await pageOf(t);
  for (const path of [
    '/../page.ts',
    '/assets/../index.html',
    '//index.html',
    '/assets/page-1a2b.js.gz',
    '/assets',
    'http://a/',
  ]) {
    assert.equal(get(path).status, 404, path);
  }
  const posted = get('/', {}, 'POST');
  assert.equal(posted.status, 405);
  assert.equal(posted.headers['allow'], 'GET, HEAD');
  assert.equal(get('/', {}, 'HEAD').status, 200);
});

test('a folder that is not there is no page', async (t) => {
  const folder = await temporaryFolder(t);
  assert.equal((await readPage(join(folder, 'none'))).size, 0);
  assert.equal((await readPage(folder)).size, 0);
});
