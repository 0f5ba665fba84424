#!/usr/bin/env node
// The program. Commands are added one file each.
console.error('helo: no command is built yet');
process.exit(1);
