// The server's certificate is renewed, and nobody notices: connected people, returning people, newcomers with the
// printed address, guests, bots, files. Another identity is never accepted that way.
import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { copyFile, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { issueCertificate } from '../support/certificates.ts';
import { enterChat, startChat, type ChatProgram } from '../support/chat-program.ts';
import { runProgram, startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';

async function serverWithFiles(t: TestContext) {
  const folder = await temporaryFolder(t);
  const used = await issueCertificate(folder, 'used');
  const flags = ['--tls-port', '0', '--registration', 'open', '--log-level', 'info'];
  const server = await startServerProgram(t, {
    args: [...flags, '--tls-cert', used.certFile, '--tls-key', used.keyFile],
  });
  const [, mark = ''] = /tls:\/\/\S+#([\w-]{43})/.exec(server.stdout()) ?? [];
  const address = `tls://127.0.0.1:${server.tls.port}`;
  let renewals = 0;
  const renew = async () => {
    renewals += 1;
    const renewed = await issueCertificate(folder, `renewed${renewals}`);
    await copyFile(renewed.certFile, used.certFile);
    await copyFile(renewed.keyFile, used.keyFile);
    server.process.kill('SIGHUP');
    const lines = `(?:[^]*the TLS certificate was loaded again){${renewals}}`;
    await server.shows('stderr', new RegExp(lines));
  };
  const print = async () => {
    const { raw } = new X509Certificate(await readFile(used.certFile));
    return createHash('sha256').update(raw).digest('base64url');
  };
  return { server, folder, address, mark, renew, print };
}

/** Sends a message that must come back, and leaves. */
async function visits(chat: ChatProgram): Promise<string> {
  chat.type('hello');
  chat.type('q');
  const { code, stderr } = await chat.end();
  assert.equal(code, 0, stderr);
  return stderr;
}

test('renewing the certificate is noticed by nobody who knows the server, or has the printed address', async (t) => {
  const { folder, address, mark, renew, print } = await serverWithFiles(t);
  const oldPrint = await print();
  const data = (name: string) => ['--data', join(folder, name)];
  const alice = await enterChat(t, { server: address, name: 'alice', args: data('alice') });
  const bob = await startChat(t, { server: address, name: 'bob', args: data('bob') });
  bob.type('here');
  await alice.prints('[bob] here');
  alice.type('@bob before');
  await bob.prints('[alice] before');
  const guest = ['--guest', ...data('guest')];
  await visits(await startChat(t, { server: address, name: 'guest', args: guest }));
  const marked = data('marked');
  const withOldMark = `${address}#${oldPrint}`;
  await visits(await startChat(t, { server: withOldMark, name: 'marked', args: marked }));

  await renew();
  assert.notEqual(await print(), oldPrint);
  // People who are connected.
  alice.type('@bob after');
  await bob.prints('[alice] after');
  for (const [name, at, args] of [
    ['bob2', `${address}#${mark}`, data('newcomer')],
    ['guest2', `${address}#${mark}`, ['--guest', ...data('newguest')]],
    ['guest', address, guest],
    ['marked', withOldMark, marked],
  ] as const) {
    const told = await visits(await startChat(t, { server: at, name, args }));
    assert.doesNotMatch(told, /CERTIFICATE|IDENTITY/);
  }
  // They connect again.
  await renew();
  await alice.eof();
  const again = await startChat(t, { server: address, name: 'alice', args: data('alice') });
  again.type('@bob third');
  await bob.prints('[alice] third');
  // On a device that is new here nothing vouches for it.
  const stranger = await startChat(t, { server: withOldMark, name: 'eve', args: data('eve') });
  const { code, stderr } = await stranger.end();
  assert.equal(code, 4);
  assert.match(stderr, /IS NOT THE ONE IN THE ADDRESS/);
  assert.ok(!stderr.includes(await print()), 'what was presented is not told');
});

test('[7.11] a file between two who are there goes on through a renewal', async (t) => {
  const { folder, address, renew } = await serverWithFiles(t);
  const bobArgs = ['--data', join(folder, 'bob'), '--downloads', join(folder, 'in')];
  await mkdir(join(folder, 'in'));
  const bob = await enterChat(t, { server: address, name: 'bob', args: bobArgs });
  const alice = await startChat(t, {
    server: address,
    name: 'alice',
    args: ['--data', join(folder, 'alice')],
  });
  // Before she is connected nobody has her name, and messages to it go nowhere.
  alice.type('here');
  await bob.prints('[alice] here');
  bob.type('@alice hello');
  await alice.prints('[bob] hello');
  await renew();
  const path = join(folder, 'report.txt');
  await writeFile(path, 'x'.repeat(300_000));
  alice.type(`/send_file @bob ${path}`);
  await bob.shows('stdout', /report\.txt" has successfully been saved!/);
  assert.equal((await readFile(join(folder, 'in', 'bob', 'report.txt'))).length, 300_000);
});

test('another identity comes in by no certificate and no address, but after helo forget', async (t) => {
  const { server, folder, address } = await serverWithFiles(t);
  const { port } = server.tls;
  const args = ['--data', join(folder, 'alice')];
  await visits(await startChat(t, { server: address, name: 'alice', args }));
  // A second chat of hers has a folder of its own in that.
  const beside = join(folder, 'alice', 'beside', '1', 'servers');
  await cp(join(folder, 'alice', 'servers'), beside, { recursive: true });
  await server.stop();
  // The same certificate, and another identity.
  const keys = ['--tls-cert', join(folder, 'used.crt'), '--tls-key', join(folder, 'used.key')];
  const flags = ['--tls-port', String(port), '--registration', 'open', ...keys];
  const other = await startServerProgram(t, { args: flags });
  const [, otherMark = ''] = /tls:\/\/\S+#([\w-]{43})/.exec(other.stdout()) ?? [];
  for (const at of [address, `${address}#${otherMark}`]) {
    const { code, stderr } = await (await startChat(t, { server: at, name: 'alice', args })).end();
    assert.equal(code, 4);
    assert.match(stderr, /THE IDENTITY OF .* helo forget tls:\/\/127/s);
    assert.ok(!stderr.includes(otherMark), 'what was presented is not told');
  }
  const refused = await runProgram(t, { args: ['forget', address, ...args] });
  assert.equal(refused.code, 1, 'nobody was asked');
  const done = await runProgram(t, { args: ['forget', address, '--yes', ...args] });
  assert.equal(done.code, 0);
  assert.match(done.stdout, /its identity [\w-]{43}.*who came in there: alice/s);
  assert.deepEqual(await readdir(beside), []);
  const twice = await runProgram(t, { args: ['forget', address, '--yes', ...args] });
  assert.equal(twice.code, 1);
  await visits(await startChat(t, { server: address, name: 'alice', args }));
});
