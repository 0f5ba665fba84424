import assert from 'node:assert/strict';
import { test } from 'node:test';
import { banner, type Listening } from './banner.ts';

const fingerprint = Uint8Array.from({ length: 32 }, (_, index) => index);
const identity = Uint8Array.from({ length: 32 }, (_, index) => 255 - index);
const pin = '__79_Pv6-fj39vX08_Lx8O_u7ezr6uno5-bl5OPi4eA';
const plain = { host: '127.0.0.1', port: 1337 };
const tls = { host: '::', port: 1338, fingerprint, identity };
const lan = ['192.168.1.20', '10.0.0.5', 'fd00::5', 'fd00::6'];
const whole: Listening = { version: '0.1.0', program: 'npx helo', plain, tls, lan };

const text = (listening: Partial<Listening>) =>
  banner({ ...whole, ...listening }, { strong: (words) => words, picture: () => '' });
const servers = (listening: Partial<Listening>) =>
  Array.from(text(listening).matchAll(/--server (\S+)/g), ([, server]) => server);

test('the usual server: both listeners, the ways to join, the fingerprint', () => {
  assert.equal(
    text({ lan: lan.slice(0, 1) }),
    `helo 0.1.0 listens on
  plain text  127.0.0.1:1337  this machine only
  TLS         [::]:1338       encrypted

Join from this machine:
  npx helo chat --server 127.0.0.1:1337 --name NAME
Join from another one:
  npx helo chat --server tls://192.168.1.20:1338#${pin} --name NAME
With nothing but netcat:
  nc 127.0.0.1 1337    then type  HELO name

The part after # is the identity of this server, which stays when the certificate is renewed.
Certificate, SHA-256:
  00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F

Stop with Ctrl-C.
`,
  );
});

test('three addresses at most; IPv6 ones in brackets and quotes', () => {
  assert.deepEqual(servers({}), [
    '127.0.0.1:1337',
    `tls://192.168.1.20:1338#${pin}`,
    `tls://10.0.0.5:1338#${pin}`,
    `'tls://[fd00::5]:1338#${pin}'`,
  ]);
});

test('a listener on 0.0.0.0 is not offered under IPv6 addresses', () => {
  const offered = servers({ tls: { ...tls, host: '0.0.0.0' }, lan: ['fd00::5', '10.0.0.5'] });
  assert.deepEqual(offered.slice(1), [`tls://10.0.0.5:1338#${pin}`]);
});

test('a machine without a network still says how, with ADDRESS to fill in', () => {
  assert.deepEqual(servers({ lan: [] }).slice(1), [`tls://ADDRESS:1338#${pin}`]);
});

test('plain text on the network is said to be readable on the way', () => {
  const open = { plain: { host: '192.168.1.20', port: 7 }, tls: undefined };
  assert.match(text(open), /plain text {2}192\.168\.1\.20:7 {2}NOT ENCRYPTED/);
  assert.deepEqual(servers(open), ['192.168.1.20:7', '192.168.1.20:7']);
  assert.doesNotMatch(text(open), /Certificate/);
});

test('where only this machine can join, no other is invited', () => {
  const closed = text({ tls: { ...tls, host: '127.0.0.1' } });
  assert.match(closed, /TLS {9}127\.0\.0\.1:1338 {2}this machine only/);
  assert.doesNotMatch(closed, /from another/);
});

test('without plain text this machine joins by TLS, and netcat is not spoken of', () => {
  const secure = text({ plain: undefined, tls: { ...tls, host: '0.0.0.0' } });
  assert.match(secure, /from this machine:\n {2}npx helo chat --server tls:\/\/127\.0\.0\.1:1338#/);
  assert.doesNotMatch(secure, /netcat|plain text/);
});

test('a path to the program is told to this machine only', () => {
  const lines = text({ program: 'node dist/cli/helo.js' }).split('\n');
  assert.ok(
    lines.some((line) => line.startsWith('  node dist/cli/helo.js chat --server 127.0.0.1')),
  );
  assert.ok(lines.some((line) => line.startsWith('  helo chat --server tls://192.168.1.20')));
});

test('what stands out is the first line and the places', () => {
  const marked = banner(whole, { strong: (words) => `<${words}>`, picture: () => '' });
  assert.deepEqual(
    Array.from(marked.matchAll(/<(.*?)>/g), ([, words]) => words),
    ['helo 0.1.0 listens on', '127.0.0.1:1337', '[::]:1338'],
  );
});

test('the links for browsers come first, with what a person will see, and with the code if there is one', () => {
  const page = {
    here: ['http://127.0.0.1:1380/'],
    elsewhere: ['https://192.168.1.20:1338/'],
    remark: 'It warns first.',
  };
  const shown = text({ page, web: { host: '127.0.0.1', port: 1380 }, invite: 'a b' });
  assert.match(shown, /^ {2}web page {4}127\.0\.0\.1:1380 {2}this machine only$/m);
  assert.ok(
    shown.includes(`
Open in a browser on this machine:
  http://127.0.0.1:1380/
Open in a browser on another one:
  https://192.168.1.20:1338/
It warns first.

Join from this machine:
`),
  );
  assert.match(shown, /^ {2}https:\/\/192\.168\.1\.20:1338\/#invite=a%20b$/m);
});

test('one picture: of the first link for others, with the code if there is one; none of links for this machine', () => {
  const page = { here: ['http://here/'], elsewhere: ['https://a/', 'https://b/'], remark: '' };
  const drawn = (listening: Partial<Listening>): string[] => {
    const asked: string[] = [];
    banner(
      { ...whole, ...listening },
      { strong: (words) => words, picture: (link) => (asked.push(link), 'PICTURE\n') },
    );
    return asked;
  };
  assert.deepEqual(drawn({ page }), ['https://a/']);
  assert.deepEqual(drawn({ page, invite: 'a b' }), ['https://a/#invite=a%20b']);
  assert.deepEqual(drawn({ page: { ...page, elsewhere: [] } }), []);
});
