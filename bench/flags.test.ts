import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allPeers, allScenarios, chosen, isMeant } from './catalogue.ts';
import { readFlags } from './flags.ts';
import { allowedCpus } from './system/pinning.ts';

test('without flags everything runs five times, in the short form once', () => {
  const full = readFlags([]);
  assert.ok(full.ok);
  assert.deepEqual([full.value.short, full.value.rounds, full.value.only], [false, 5, undefined]);
  const short = readFlags(['--short', '--peers', 'redis,helo']);
  assert.ok(short.ok);
  assert.deepEqual([short.value.rounds, short.value.peers], [1, ['redis', 'helo']]);
});

test('wrong flags are told', () => {
  for (const args of [['--rounds', '0'], ['--rounds', 'x'], ['--fast'], ['extra']]) {
    assert.equal(readFlags(args).ok, false, args.join(' '));
  }
});

test('names choose among what is in the folders; an unknown one is answered with those there are', async () => {
  const peers = await allPeers();
  assert.equal(peers[0]?.name, 'helo');
  const two = chosen(peers, ['nats', 'helo'], '--peers');
  assert.deepEqual(two.ok && two.value.map(({ name }) => name), ['helo', 'nats']);
  const none = chosen(await allScenarios(), ['fanout'], '--only');
  assert.match(none.ok ? '' : none.error, /--only: there is no fanout; there are fan-out-1000, /);
});

test('the file of every peer and scenario has its name: the generator finds it by that', async () => {
  for (const { name } of await allPeers()) await import(`./peers/${name}.js`);
  for (const { name } of await allScenarios()) await import(`./scenarios/${name}.js`);
});

test('what runs apart has to be named', async () => {
  const apart = (await allScenarios()).filter((each) => each.apart === true);
  assert.deepEqual(
    apart.map(({ name }) => name),
    ['soak'],
  );
  const run = (...args: string[]) => {
    const flags = readFlags(args);
    assert.ok(flags.ok);
    return apart.every((each) => isMeant(each, flags.value));
  };
  assert.deepEqual([run(), run('--short'), run('--only', 'soak')], [false, false, true]);
});

test('the list of allowed CPUs is read', () => {
  assert.deepEqual(allowedCpus('Name:\tx\nCpus_allowed_list:\t0-2,5,7-8\n'), [0, 1, 2, 5, 7, 8]);
  assert.deepEqual(allowedCpus('Cpus_allowed_list:\t3\n'), [3]);
  assert.deepEqual(allowedCpus('nothing'), []);
});
