import assert from 'node:assert/strict';
import { transcripts } from './stage.ts';

transcripts({
  '[7.1] a client is greeted, and welcomed under its name': async ({ stranger }) => {
    const alice = await stranger();
    alice.says('HELO alice');
    await alice.hears('+OK HELO alice');
  },

  '[7.1] a name in use is refused, and the connection closed': async ({ people, stranger }) => {
    const [alice] = await people('alice');
    const impostor = await stranger();
    impostor.says('HELO alice');
    await impostor.hearsLast('-ERR user already logged in');
    await alice.hearsNothing();
  },

  '[7.1] a name with other characters is refused, and the connection closed': async ({
    stranger,
  }) => {
    for (const name of ['al ice', 'al-ice', 'älice', '', 'x'.repeat(33)]) {
      const client = await stranger();
      client.says(`HELO ${name}`);
      await client.hearsLast(
        '-ERR username has an invalid format (only characters, numbers and underscores are allowed)',
      );
    }
  },

  '[7.1] letters, numbers and underscores make a name, up to 32 of them': async ({ people }) => {
    await people('A', '_', '0', 'x_Y_9', 'z'.repeat(32));
  },

  '[7.1] a name is free again when its connection has ended': async ({ people, stranger }) => {
    const [alice, bob] = await people('alice', 'bob');
    alice.says('QUIT q');
    await alice.hearsLast('+OK Goodbye');
    bob.says('GET_USERS *all');
    await bob.hears('+SUCCESS [bob]');
    const next = await stranger();
    next.says('HELO alice');
    await next.hears('+OK HELO alice');
  },

  'before the login every other command gets a reason, and the connection stays': async ({
    stranger,
  }) => {
    const client = await stranger();
    for (const line of [
      'BCST hi',
      'GET_USERS *all',
      'PM @x y',
      'JOIN_GROUP /join g',
      'what?',
      '',
    ]) {
      client.says(line);
      await client.hears('-SOFT_ERR log in first: HELO <username>');
    }
    client.says('HELO alice');
    await client.hears('+OK HELO alice');
  },

  'a second login gets a reason, and the first one stays': async ({ people }) => {
    const [alice] = await people('alice');
    alice.says('HELO bob');
    await alice.hears('-SOFT_ERR you are already logged in');
    alice.says('GET_USERS *all');
    await alice.hears('+SUCCESS [alice]');
  },

  'unknown and malformed commands get a reason, and the connection stays': async ({ people }) => {
    const [alice] = await people('alice');
    alice.says('DANCE');
    await alice.hears('-SOFT_ERR unknown command');
    alice.says('BCST');
    await alice.hears('-SOFT_ERR malformed command, the form is: BCST <message>');
    alice.says('JOIN_GROUP g');
    await alice.hears('-SOFT_ERR malformed command, the form is: JOIN_GROUP /join <groupName>');
    await alice.hearsNothing();
  },

  'lines end with LF or CR LF, and may come in any pieces, split code points too': async ({
    people,
  }) => {
    const [alice, bob] = await people('alice', 'bob');
    alice.client.socket.write('BCST one\r\nBCST two\n');
    await bob.hears('BCST [alice] one', 'BCST [alice] two');
    await alice.hears('+OK BCST one', '+OK BCST two');
    for (const byte of Buffer.from('BCST gr\u00fc\u00dfe \u{1F469}\u200D\u{1F467}\n')) {
      alice.client.socket.write(Uint8Array.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await bob.hears('BCST [alice] gr\u00fc\u00dfe \u{1F469}\u200D\u{1F467}');
  },

  'a line that is not UTF-8, or holds NUL or CR, gets a reason, and the connection stays': async ({
    people,
  }) => {
    const [alice, bob] = await people('alice', 'bob');
    alice.client.socket.write(Buffer.from('BCST \xff\xfe\n', 'latin1'));
    await alice.hears('-SOFT_ERR the line is not valid UTF-8');
    alice.says('BCST a\0b');
    alice.says('BCST a\rb');
    await alice.hears('-SOFT_ERR a line must not hold NUL or CR characters');
    await alice.hears('-SOFT_ERR a line must not hold NUL or CR characters');
    await bob.hearsNothing();
  },

  'a line of the cap passes, a longer one gets an error and the connection is closed': async ({
    people,
  }) => {
    const [alice, bob] = await people('alice', 'bob');
    const longest = 'x'.repeat(65_536 - 'BCST '.length);
    alice.says(`BCST ${longest}`);
    await alice.hears(`+OK BCST ${longest}`);
    await bob.hears(`BCST [alice] ${longest}`);
    alice.says(`BCST ${longest}x`);
    await alice.hearsLast('-ERR line too long (at most 65536 bytes)');
    await bob.hearsNothing();
  },

  'a line that never ends is closed at the cap': async ({ people }) => {
    const [alice] = await people('alice');
    alice.client.socket.write('x'.repeat(65_538));
    await alice.hearsLast('-ERR line too long (at most 65536 bytes)');
  },

  'who has said all and closes the sending side still gets the answers': async ({
    stranger,
    canHalfClose,
  }) => {
    if (!canHalfClose) return;
    const client = await stranger();
    client.client.socket.end('HELO alice\nBCST hi\nGET_USERS *all\n');
    assert.deepEqual(await client.client.rest(), [
      '+OK HELO alice',
      '+OK BCST hi',
      '+SUCCESS [alice]',
    ]);
    client.vanishes();
  },
});
