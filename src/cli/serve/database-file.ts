// Where the server's database is in its data directory: for the server, and for what restores one.

export const databaseFile = 'helo.db';
