// The tables of a client's store. A released migration is never changed; new ones are appended.
//
// Columns are what is searched for. The rest of a message is JSON, because texts may hold anything that JSON can,
// including what SQLite treats as the end of a text.

import { indexedText } from '../../../client/store/word-search.ts';
import type { DatabaseSchema } from '../../../sqlite/database.ts';

export const schema: DatabaseSchema = {
  applicationId: 0x68656c63,
  title: "a client's store",
  functions: { search_pieces: (text) => (typeof text === 'string' ? indexedText(text) : '') },
  migrations: [
    `
    CREATE TABLE conversations (
      name TEXT PRIMARY KEY,
      log INTEGER NOT NULL,
      cursor INTEGER NOT NULL,
      seen INTEGER NOT NULL
    ) WITHOUT ROWID;

    CREATE TABLE messages (
      id INTEGER PRIMARY KEY,
      conversation TEXT NOT NULL,
      -- The log of the conversation when it was written; waiting ones stand behind every log.
      log INTEGER NOT NULL,
      -- Behind which number it stands: its own where it has one.
      place INTEGER NOT NULL,
      seq INTEGER,
      local_id TEXT UNIQUE,
      state TEXT,
      record TEXT NOT NULL
    );
    CREATE INDEX messages_in_order ON messages (conversation, log, place, seq IS NULL, id);
    CREATE UNIQUE INDEX messages_by_number ON messages (conversation, log, seq)
      WHERE seq IS NOT NULL;

    CREATE TABLE outbox (
      local_id TEXT PRIMARY KEY,
      position INTEGER NOT NULL,
      record TEXT NOT NULL
    ) WITHOUT ROWID;

    CREATE TABLE streams (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      stream TEXT NOT NULL,
      last_number INTEGER NOT NULL
    );

    CREATE TABLE sessions (
      group_id TEXT PRIMARY KEY,
      peer TEXT NOT NULL,
      position INTEGER,
      made_at INTEGER NOT NULL,
      own_texts INTEGER NOT NULL,
      bytes BLOB NOT NULL
    );

    CREATE TABLE packages (
      reference TEXT PRIMARY KEY,
      last_resort INTEGER NOT NULL,
      made_at INTEGER NOT NULL,
      bytes BLOB NOT NULL
    );
    `,
    // The index of words, kept by the database itself. It holds no texts of its own. src/client/store/word-search.ts
    // defines what a word is.
    `
    CREATE VIRTUAL TABLE message_words USING fts5 (
      text,
      content = '',
      contentless_delete = 1,
      tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc Me'"
    );
    INSERT INTO message_words (rowid, text) SELECT id, record ->> '$.text' FROM messages;
    CREATE TRIGGER message_added AFTER INSERT ON messages BEGIN
      INSERT INTO message_words (rowid, text) VALUES (new.id, new.record ->> '$.text');
    END;
    CREATE TRIGGER message_removed AFTER DELETE ON messages BEGIN
      DELETE FROM message_words WHERE rowid = old.id;
    END;
    `,
    // Words, and their place and sender, in one index, so that "from bob, in that group" costs no more than the words.
    // The first one to four letters of every word are indexed too. Without that, each typed letter searches all of a
    // million messages (25 ms a word, 1 ms with it; some 130 bytes more for a message). Places and senders are written
    // in hex after a character that no keyboard has, so that no letter of a word matches them.
    `
    DROP TRIGGER message_added;
    DROP TRIGGER message_removed;
    DROP TABLE message_words;
    CREATE VIRTUAL TABLE message_index USING fts5 (
      words, place, sender,
      content = '',
      contentless_delete = 1,
      prefix = '1 2 3 4',
      tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc Me'"
    );
    INSERT INTO message_index (rowid, words, place, sender)
      SELECT id, record ->> '$.text',
        char(0xf8ff) || hex(conversation), char(0xf8ff) || hex(lower(record ->> '$.from'))
      FROM messages;
    CREATE TRIGGER message_added AFTER INSERT ON messages BEGIN
      INSERT INTO message_index (rowid, words, place, sender) VALUES (
        new.id, new.record ->> '$.text',
        char(0xf8ff) || hex(new.conversation), char(0xf8ff) || hex(lower(new.record ->> '$.from'))
      );
    END;
    CREATE TRIGGER message_removed AFTER DELETE ON messages BEGIN
      DELETE FROM message_index WHERE rowid = old.id;
    END;
    `,
    // From now on messages.log counts the logs of a name on this device (an epoch), and is not the server's number any
    // more. Earlier logs have lower numbers. 'earlier' is JSON: what the log was before the server was restored.
    `
    ALTER TABLE conversations ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE conversations ADD COLUMN earlier TEXT NOT NULL DEFAULT '[]';
    UPDATE conversations SET epoch = log;
    `,
    // A repeated text is recognised by the id that its sender gave it.
    `
    CREATE INDEX messages_by_text ON messages (conversation, record ->> '$.textId')
      WHERE record ->> '$.textId' IS NOT NULL;
    `,
    // The index again, of the pieces that src/client/store/word-search.ts makes of a text: words without their accents,
    // and pairs of characters for scripts without spaces and for text without words. SQLite does as little as possible
    // with a text: it splits it at the spaces between the pieces.
    `
    DROP TRIGGER message_added;
    DROP TRIGGER message_removed;
    DROP TABLE message_index;
    CREATE VIRTUAL TABLE message_index USING fts5 (
      words, place, sender,
      content = '',
      contentless_delete = 1,
      prefix = '1 2 3 4',
      tokenize = 'ascii'
    );
    INSERT INTO message_index (rowid, words, place, sender)
      SELECT id, search_pieces(record ->> '$.text'),
        char(0xf8ff) || hex(conversation), char(0xf8ff) || hex(lower(record ->> '$.from'))
      FROM messages;
    CREATE TRIGGER message_added AFTER INSERT ON messages BEGIN
      INSERT INTO message_index (rowid, words, place, sender) VALUES (
        new.id, search_pieces(new.record ->> '$.text'),
        char(0xf8ff) || hex(new.conversation), char(0xf8ff) || hex(lower(new.record ->> '$.from'))
      );
    END;
    CREATE TRIGGER message_removed AFTER DELETE ON messages BEGIN
      DELETE FROM message_index WHERE rowid = old.id;
    END;
    `,
    // JSON: the logs that this log may be the same as, and was not compared with yet.
    `
    ALTER TABLE conversations ADD COLUMN alike TEXT NOT NULL DEFAULT '[]';
    `,
    // JSON: the runs of the server from which this data comes.
    `
    CREATE TABLE runs (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      runs TEXT NOT NULL
    );
    `,
    // An outbox entry says what kind it is. Before, questions for unreadable messages had ids ask.ID, and answers ids
    // again.NUMBER.OF.ID. Everything else is a text.
    `
    UPDATE outbox SET
      local_id = substr(local_id, -32),
      record = json_set(json_remove(record, '$.text'), '$.content',
        json_object('kind', 'ask', 'numbers', json('[' || (record ->> '$.text') || ']')))
      WHERE local_id LIKE 'ask.%';
    UPDATE outbox SET
      local_id = substr(local_id, -32),
      record = json_set(json_remove(record, '$.text'), '$.content',
        json_object('kind', 'again', 'number', CAST(substr(local_id, 7, length(local_id) - 72) AS INTEGER),
          'id', substr(local_id, -65, 32), 'text', json(record -> '$.text')))
      WHERE local_id LIKE 'again.%';
    UPDATE outbox SET
      record = json_set(json_remove(record, '$.text'), '$.content',
        json_object('kind', 'text', 'text', json(record -> '$.text')))
      WHERE record -> '$.content' IS NULL;
    `,
    // The device's data of sealed groups. Secret: deleted rows are overwritten, like all rows.
    `
    CREATE TABLE group_parts (
      conversation TEXT NOT NULL,
      part TEXT NOT NULL,
      bytes BLOB NOT NULL,
      PRIMARY KEY (conversation, part)
    ) WITHOUT ROWID;
    `,
    // Whether this account was in a group when the server last described it: 0 or 1, NULL if that is not known.
    `
    ALTER TABLE conversations ADD COLUMN member INTEGER;
    `,
    // What parts of the client keep for their next start. Keys may be in it.
    `
    CREATE TABLE kept_values (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    `,
    // What later messages said of the message with a number, which may not be here: by the id of the message that was
    // meant. 'changes' counts how often that has changed, for the stamps of blocks. And what is to be done in this file at
    // the next occasion: 'kept-amendments', where an earlier version has kept such messages as it did not know them.
    `
    CREATE TABLE amendments (
      conversation TEXT NOT NULL,
      log INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      target TEXT NOT NULL,
      said TEXT NOT NULL,
      changes INTEGER NOT NULL,
      PRIMARY KEY (conversation, log, seq, target)
    ) WITHOUT ROWID;
    CREATE TABLE chores (name TEXT PRIMARY KEY) WITHOUT ROWID;
    INSERT INTO chores VALUES ('kept-amendments');
    `,
    // Reactions: those of each account to one message. Older ones stay in 'amendments', and are read with these. 'changes'
    // as there.
    `
    CREATE TABLE reactions (
      conversation TEXT NOT NULL,
      log INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      target TEXT NOT NULL,
      user TEXT NOT NULL,
      given TEXT NOT NULL,
      changes INTEGER NOT NULL,
      PRIMARY KEY (conversation, log, seq, target, user)
    ) WITHOUT ROWID;
    `,
    // Messages that disappear, and the ids of those that have. What an earlier version has kept of them as it did not know
    // them ends with the longest time that any has.
    `
    UPDATE messages SET record =
      json_set(record, '$.ends', CAST(strftime('%s', 'now') AS INTEGER) * 1000 + 5184000000)
      WHERE record ->> '$.unknown.code' = 12;
    CREATE INDEX messages_ending ON messages (record ->> '$.ends')
      WHERE record ->> '$.ends' IS NOT NULL;
    CREATE TABLE ended (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      conversation TEXT NOT NULL,
      target TEXT NOT NULL
    );
    CREATE UNIQUE INDEX ended_by_target ON ended (conversation, target);
    `,
    // Edits that disappear, and timers: what an earlier version has kept of them (adopt-unknown.ts).
    `
    INSERT OR IGNORE INTO chores VALUES ('kept-amendments');
    `,
    // Pinned messages, also those that an earlier version has kept as it did not know them.
    `
    CREATE INDEX amendments_pinned ON amendments (conversation, log, seq)
      WHERE said ->> '$.p' IS NOT NULL;
    INSERT OR IGNORE INTO chores VALUES ('kept-amendments');
    `,
  ],
};
