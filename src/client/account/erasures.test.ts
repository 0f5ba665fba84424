// What is asked of the server for a deletion: until it has answered, over logins, and of another log only the files.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Place } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import { PendingRequests } from '../pending-requests.ts';
import type { KeptValue } from '../store/store-port.ts';
import { Erasures } from './erasures.ts';

const place: Place = { kind: 'direct', user: 'bob' as unknown as Username };
const upload = '00'.repeat(16);

test('what is deleted is asked for at each login until the server has answered: the lines, and the file that the server keeps', () => {
  let kept: KeptValue[] = [];
  const begun = () => {
    const lines: string[] = [];
    const erasures = new Erasures({ values: kept, write: async (changes) => keep(changes) });
    const login = () => {
      const requests = new PendingRequests((line) => void lines.push(line.trim()));
      erasures.login(requests);
      return requests;
    };
    return { erasures, login, lines };
  };
  const keep = (changes: readonly unknown[]): void => {
    for (const { name, value } of changes as { name: string; value?: string }[])
      kept = value === undefined ? [] : [{ name, value }];
  };
  const first = begun();
  keep([first.erasures.add(place, [7, 8, upload])]);
  const { erasures, login, lines } = begun();
  const requests = login();
  assert.deepEqual(
    lines.map((line) => line.replace(/,?"label":"\w+"/, '')),
    [
      'ERASE {"in":"@bob","seq":7}',
      'ERASE {"in":"@bob","seq":8}',
      'DROP {"id":"AAAAAAAAAAAAAAAAAAAAAA"}',
    ],
  );
  // Numbers of another log are of other messages.
  keep(erasures.forget(place));
  assert.deepEqual(JSON.parse(kept[0]?.value ?? ''), [['@bob', upload]]);
  const label = /"label":"(\w+)"/.exec(lines[2] ?? '')?.[1] ?? assert.fail();
  requests.receive({ verb: 'DROPPED', label, id: 'AAAAAAAAAAAAAAAAAAAAAA' } as never);
  assert.deepEqual(kept, []);
  const later = begun();
  later.login();
  assert.deepEqual(later.lines, []);
});
