// A bot in thirty lines: it answers `!echo words` wherever it hears it, and `!stop` of its owner ends it.
// Run it: node echo-bot.js SERVER NAME OWNER      (or with a Node that strips types: node echo-bot.ts ...)
import { connect, ChatError } from 'helo';

const [server = '127.0.0.1:1337', name = 'echo', owner = ''] = process.argv.slice(2);

const chat = await connect({ server, name });
console.log(`in as ${chat.name}, ${chat.isAccount ? 'with an account' : 'as a guest'}`);

// What was said while the bot was away comes first (`late`), then what is said now. What was said before it came for the
// first time is history and no message: it answers no old command.
for await (const message of chat.messages()) {
  const [, words] = /^!echo (.+)$/.exec(message.text) ?? [];
  if (words !== undefined && message.place !== undefined) {
    const said = chat.say(message.place, words);
    // Not waited for here: the answer is kept on the device until the server has it.
    said.stored.catch((error: unknown) => {
      console.error(error instanceof ChatError ? `${error.code}: ${error.message}` : error);
    });
  }
  // Only who can prove to be the owner: in the lobby anybody at the server could write under that name.
  const isOwner = message.from === owner && message.encrypted && message.key !== 'changed';
  if (isOwner && message.text === '!stop') break;
}

await chat.close();
console.log('goodbye');
