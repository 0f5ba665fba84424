import assert from 'node:assert/strict';
import { limitMs } from '../support/time-limit.ts';
import { transcripts } from './stage.ts';

transcripts(
  {
    '[7.3] who answers stays': async ({ people }) => {
      const [alice] = await people('alice');
      for (let round = 0; round < 3; round++) {
        await alice.hears('PING');
        alice.says('PONG');
      }
      alice.says('GET_USERS *all');
      assert.equal(await alice.hearsBesidesPings(), '+SUCCESS [alice]');
    },

    '[7.3] who has not logged in is pinged too': async ({ stranger }) => {
      const client = await stranger();
      await client.hears('PING');
      client.says('PONG');
      await client.hears('PING');
    },
  },
  ['--ping-interval', '0.2'],
);

transcripts(
  {
    '[7.3] who does not answer is told and closed, and the name is free': async ({
      people,
      stranger,
    }) => {
      const [alice] = await people('alice');
      await alice.hearsLast('PING', 'DSCN Pong timeout');
      const next = await stranger();
      next.says('HELO alice');
      await next.hears('+OK HELO alice');
    },
  },
  ['--ping-interval', '0.2', '--pong-timeout', '2'],
);

transcripts(
  {
    '[7.3] three seconds without an answer end the connection, unless told otherwise': async ({
      people,
    }) => {
      // From before it is pinged: the ping may be read late.
      const began = performance.now();
      const [alice] = await people('alice');
      await alice.hears('PING');
      await alice.hearsLast('DSCN Pong timeout');
      const waited = performance.now() - began;
      assert.ok(waited > 2900 && waited < limitMs / 2, `${waited} ms`);
    },
  },
  ['--ping-interval', '0.1'],
  { HELO_PONG_TIMEOUT: '' },
);
