import { transcripts } from './stage.ts';

transcripts({
  '[7.4] the list holds everybody connected, the asker too, unknown before the login': async ({
    people,
    stranger,
  }) => {
    const [rogier] = await people('Rogier', 'Steven');
    await stranger();
    rogier.says('GET_USERS *all');
    await rogier.hears('+SUCCESS [Rogier, Steven, unknown]');
  },

  '[7.4] alone, the list holds oneself': async ({ people }) => {
    const [alice] = await people('alice');
    alice.says('GET_USERS *all');
    await alice.hears('+SUCCESS [alice]');
  },

  '[7.4] who has gone is not in the list': async ({ people }) => {
    const [alice, bob, carol] = await people('alice', 'bob', 'carol');
    bob.says('QUIT q');
    await bob.hearsLast('+OK Goodbye');
    carol.client.socket.end();
    await carol.hearsLast();
    alice.says('GET_USERS *all');
    await alice.hears('+SUCCESS [alice]');
  },
});
