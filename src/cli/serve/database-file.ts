// The path of the server's database in its data directory: for the server, and for a restore.

export const databaseFile = 'helo.db';
