import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Script } from './script.ts';

function play() {
  const sent: string[] = [];
  let finished = 0;
  const script = new Script(
    (text) => sent.push(text),
    () => finished++,
  );
  return { script, sent, finished: () => finished };
}

test('steps are played in order, wherever the text is cut', () => {
  const text = 'HELO welcome\n+OK HELO bob\n';
  for (let cut = 0; cut <= text.length; cut++) {
    const { script, sent, finished } = play();
    script.play([
      { until: 'HELO ' },
      { until: '\n' },
      { send: 'HELO bob\n' },
      { until: '+OK HELO bob\n' },
    ]);
    assert.deepEqual([sent, finished()], [[], 0]);
    script.received(text.slice(0, cut));
    script.received(text.slice(cut));
    assert.deepEqual([sent, finished()], [['HELO bob\n'], 1]);
    script.received('more');
    assert.equal(finished(), 1);
  }
});

test('where it is stuck can be told', () => {
  const { script } = play();
  script.play([{ until: '+OK' }]);
  script.received('x'.repeat(10_000));
  script.received('-ERR user already logged in\n');
  assert.match(script.describe(), /\{"until":"\+OK"\}.*x-ERR user already logged in/);
});
