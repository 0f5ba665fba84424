// The server's part of 7.5: tokens are passed on unread. Their content is tested with our clients.

import { transcripts } from './stage.ts';

transcripts({
  "[7.5] version 1's exchange: key asked for, key given, message with session key, message":
    async ({ people }) => {
      const [alice, bob, carol] = await people('alice', 'bob', 'carol');
      alice.says('REQUEST_PUBLIC_KEY @bob 1579685400000');
      await bob.hears('REQUEST_PUBLIC_KEY @alice 1579685400000');
      bob.says('PUBLIC_KEY @alice bobsKey 1579685400000');
      await alice.hears('PUBLIC_KEY @bob bobsKey 1579685400000');
      alice.says('PM @bob encryptedPM encryptedSessionKey');
      await bob.hears('PM alice encryptedPM encryptedSessionKey');
      bob.says('PM @alice encryptedAnswer');
      await alice.hears('PM bob encryptedAnswer');
      await carol.hearsNothing();
    },

  '[7.5] nobody of that name': async ({ people }) => {
    const [alice] = await people('alice');
    for (const line of [
      'PM @bob x',
      'PM @b-b x',
      'REQUEST_PUBLIC_KEY @bob 1',
      'PUBLIC_KEY @bob key 1',
    ]) {
      alice.says(line);
      await alice.hears('-SOFT_ERR no such user!');
    }
  },

  '[7.5] somebody connected who has not logged in is no user yet': async ({ people, stranger }) => {
    const [alice] = await people('alice');
    await stranger();
    alice.says('PM @unknown x');
    await alice.hears('-SOFT_ERR no such user!');
  },

  '[7.5] what a person types by hand is passed on as it is': async ({ people }) => {
    const [alice, bob] = await people('alice', 'bob');
    alice.says('PM @bob hello  bob, how are you?');
    await bob.hears('PM alice hello  bob, how are you?');
    await alice.hearsNothing();
  },

  '[7.5] a key package and a welcome of the hybrid suite fit into a line': async ({ people }) => {
    const [alice, bob] = await people('alice', 'bob');
    const key = 'k'.repeat(4000);
    const message = 'm'.repeat(50_000);
    bob.says(`PUBLIC_KEY @alice ${key} 1`);
    await alice.hears(`PUBLIC_KEY @bob ${key} 1`);
    alice.says(`PM @bob ${message} ${key}`);
    await bob.hears(`PM alice ${message} ${key}`);
  },
});
