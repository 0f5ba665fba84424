import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatWholeAddress, parseServerAddress } from '../../client/connection/server-address.ts';
import { parseUsername } from '../../wire/text.ts';
import {
  formatRemembered,
  nothingRemembered,
  parseRemembered,
  rememberedPath,
  withVisit,
} from './remembered.ts';

function visit(port: number, name: string) {
  const server = parseServerAddress(`tls://h:${port}#${'A'.repeat(43)}`);
  const user = parseUsername(name);
  assert.ok(server.ok && user !== undefined);
  return [server.value, user] as const;
}

test('what is written is read back, with the fingerprint, the last visit last', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.stringMatching(/^\w{1,32}$/))),
      (visits) => {
        let remembered = nothingRemembered;
        for (const [port, name] of visits) remembered = withVisit(remembered, ...visit(port, name));
        const again = parseRemembered(formatRemembered(remembered));
        assert.deepEqual([...again.names], [...remembered.names]);
        assert.deepEqual(again.server, remembered.server);
        const [port, name] = visits.at(-1) ?? [];
        assert.deepEqual([...again.names].at(-1)?.[1], name);
        const last = again.server === undefined ? '' : formatWholeAddress(again.server);
        assert.equal(last, port === undefined ? '' : `tls://h:${port}#${'A'.repeat(43)}`);
      },
    ),
  );
});

test('of a hundred and one servers the first is let go of', () => {
  let remembered = nothingRemembered;
  for (let port = 1; port <= 101; port++) {
    remembered = withVisit(remembered, ...visit(port, `bob${port}`));
  }
  assert.equal(remembered.names.size, 100);
  assert.equal(remembered.names.has('tls-h:1'), false);
  assert.equal(remembered.names.get('tls-h:101'), 'bob101');
});

test('what is no such file holds nothing, and what is no name is left out', () => {
  for (const text of ['', '[]', '{"names":3}', '{"server":3,"names":[]}', 'null']) {
    assert.deepEqual(parseRemembered(text), nothingRemembered);
  }
  const found = parseRemembered(
    '{"server":"::","names":[["plain-h:1","a b"],["plain-h:2","bob"]]}',
  );
  assert.equal(found.server, undefined);
  assert.deepEqual([...found.names], [['plain-h:2', 'bob']]);
});

test('the file is state of the person, or stands with keys that have a place of their own', () => {
  const usual = `${homedir()}/.local/share/helo/client`;
  assert.equal(rememberedPath(usual, {}), `${homedir()}/.local/state/helo/chat.json`);
  assert.equal(rememberedPath(usual, { XDG_STATE_HOME: '/s' }), '/s/helo/chat.json');
  assert.equal(
    rememberedPath('/d/helo/client', { XDG_DATA_HOME: '/d', XDG_STATE_HOME: '/s' }),
    '/s/helo/chat.json',
  );
  assert.equal(rememberedPath('/elsewhere', { XDG_STATE_HOME: '/s' }), '/elsewhere/chat.json');
});
