import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inviteLink, pageLinks, type PagePlaces } from './page-links.ts';

const whole: PagePlaces = {
  web: { host: '127.0.0.1', port: 1380 },
  tls: { host: '::', port: 1338 },
  kind: { is: 'own' },
  lan: ['192.168.1.20', 'fd00::5'],
};

test('a link for this machine without TLS, and for others with it', () => {
  const { here, elsewhere, remark } = pageLinks(whole);
  assert.deepEqual(here, ['http://127.0.0.1:1380/']);
  assert.deepEqual(elsewhere, ['https://192.168.1.20:1338/', 'https://[fd00::5]:1338/']);
  assert.match(remark, /warns/);
});

test('a name that browsers may trust is the one for others', () => {
  const acme = { is: 'acme', name: 'chat.example.org' } as const;
  const { elsewhere, remark } = pageLinks({ ...whole, kind: acme });
  assert.deepEqual(elsewhere, ['https://chat.example.org:1338/']);
  assert.match(remark, /^Without a warning/);
  const usual = pageLinks({ ...whole, kind: acme, tls: { host: '::', port: 443 } });
  assert.deepEqual(usual.elsewhere, ['https://chat.example.org/']);
});

test('without the port for this machine the one of TLS serves it; where only this machine is reached, no others', () => {
  assert.deepEqual(pageLinks({ ...whole, web: undefined }).here, ['https://127.0.0.1:1338/']);
  const local = pageLinks({ ...whole, tls: { host: '127.0.0.1', port: 7 } });
  assert.deepEqual(local.elsewhere, []);
  assert.deepEqual(pageLinks({ ...whole, web: undefined, tls: undefined }).here, []);
});

test('a code stands behind the #', () => {
  assert.equal(inviteLink('https://a/', 'ab cd-1'), 'https://a/#invite=ab%20cd-1');
});
