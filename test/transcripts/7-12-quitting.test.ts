import { transcripts } from './stage.ts';

transcripts({
  '[7.12] quitting gets a goodbye, and the connection is closed': async ({ people }) => {
    const [alice, bob] = await people('alice', 'bob');
    alice.says('QUIT q');
    await alice.hearsLast('+OK Goodbye');
    await bob.hearsNothing();
  },

  '[7.12] before the login too, and with QUIT alone': async ({ stranger }) => {
    const client = await stranger();
    client.says('QUIT');
    await client.hearsLast('+OK Goodbye');
  },

  '[7.12] what stands behind a quit is not carried out': async ({ people }) => {
    const [alice, bob] = await people('alice', 'bob');
    alice.client.socket.write('BCST last words\nQUIT q\nBCST from beyond\n');
    await alice.hearsLast('+OK BCST last words', '+OK Goodbye');
    await bob.hears('BCST [alice] last words');
    await bob.hearsNothing();
  },
});
