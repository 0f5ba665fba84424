// The commands of the program, each in a few words. Imports none of their files, so that everything made from all
// commands can import this.

export const summaries = {
  admin: 'accounts and invites of a running server',
  backup: 'write a running server to a file',
  chat: 'join a chat',
  completion: 'what a shell needs to complete',
  export: 'write what this device has heard to a file',
  forget: 'let go of a server that was set up anew',
  import: 'take what is in such a file and not here',
  link: 'make this a device of your account',
  recover: 'come back into your account by its words',
  recv: 'print what others say, for scripts',
  restore: 'make a server of such a file',
  send: 'send files or a text, for scripts',
  serve: 'run a server',
  web: 'serve the web page on this machine, for any server',
} as const;

export type CommandName = keyof typeof summaries;
