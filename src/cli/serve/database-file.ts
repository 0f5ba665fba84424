// The path of the server's database in its data directory: for the server, and for what restores one.

export const databaseFile = 'helo.db';
