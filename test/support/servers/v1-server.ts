// A server that knows version 1's protocol, sections 7.1 to 7.12, and nothing more: our client must work with it. It
// shares no code with src/, so that a mistake there cannot hide here. What version 1 does not specify, it does not do.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { startV1FileServer } from './v1-file-server.ts';

interface User {
  name: string;
  say(line: string): void;
  end(): void;
}

interface Group {
  name: string;
  admin: User;
  members: Set<User>;
  banned: Set<string>;
}

export interface V1Server {
  readonly host: string;
  readonly port: number;
}

/** Starts a server that ends with the test. */
export async function startV1Server(t: TestContext): Promise<V1Server> {
  const chat = new SeedChat(t);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    chat.connected(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

class SeedChat {
  readonly #t: TestContext;
  /** Everybody connected, with the name after a login. */
  readonly #users = new Set<User>();
  readonly #groups = new Map<string, Group>();

  constructor(t: TestContext) {
    this.#t = t;
  }

  connected(socket: Socket): void {
    const user: User = {
      name: '',
      say: (line) => void (socket.writable && socket.write(`${line}\n`)),
      end: () => void socket.end(),
    };
    this.#users.add(user);
    user.say('HELO Welcome to the server');
    const lines = createInterface({ input: socket, crlfDelay: Infinity });
    lines.on('line', (line) => this.#line(user, line));
    lines.on('close', () => this.#left(user));
  }

  #left(user: User): void {
    this.#users.delete(user);
    for (const group of this.#groups.values()) group.members.delete(user);
  }

  #line(user: User, line: string): void {
    const [verb = ''] = line.split(' ', 1);
    const rest = line.slice(verb.length + 1);
    if (verb === 'QUIT') {
      user.say('+OK Goodbye');
      user.end();
    } else if (user.name === '') {
      if (verb === 'HELO') this.#login(user, rest);
    } else {
      this.#command(user, verb, rest);
    }
  }

  #login(user: User, name: string): void {
    if (!/^[A-Za-z0-9_]+$/.test(name)) {
      user.say(
        '-ERR username has an invalid format (only characters, numbers and underscores are allowed)',
      );
      user.end();
    } else if (this.#find(name) !== undefined) {
      user.say('-ERR user already logged in');
      user.end();
    } else {
      user.name = name;
      user.say(`+OK HELO ${name}`);
    }
  }

  #command(user: User, verb: string, rest: string): void {
    const words = rest.split(' ');
    switch (verb) {
      case 'BCST':
        for (const other of this.#users) {
          if (other !== user && other.name !== '') other.say(`BCST [${user.name}] ${rest}`);
        }
        user.say(`+OK BCST ${rest}`);
        return;
      case 'GET_USERS': {
        const names = [...this.#users].map(({ name }) => (name === '' ? 'unknown' : name));
        user.say(`+SUCCESS [${names.join(', ')}]`);
        return;
      }
      case 'PM':
        this.#pass(user, words, (more) => `PM ${user.name} ${more}`);
        return;
      case 'REQUEST_PUBLIC_KEY':
      case 'PUBLIC_KEY':
        this.#pass(user, words, (more) => `${verb} @${user.name} ${more}`);
        return;
      case 'FILE_TRANS':
        this.#offerFile(user, words);
        return;
      case 'READY_FOR_FILE':
        void this.#openFilePort(user, words);
        return;
      case 'CREATE_GROUP':
        this.#createGroup(user, words[1] ?? '');
        return;
      case 'JOIN_GROUP':
        this.#inGroup(user, words[1], (group) => this.#join(user, group));
        return;
      case 'GROUP_MESSAGE':
        this.#inGroup(user, words[0]?.slice(2), (group) => {
          if (!group.members.has(user))
            return '-SOFT_ERR you are not allowed to write in that group!';
          const text = rest.slice((words[0] ?? '').length + 1);
          for (const member of group.members) member.say(`GROUP_MESSAGE [${user.name}] ${text}`);
          return undefined;
        });
        return;
      case 'LEAVE_GROUP':
        this.#inGroup(user, words[1], (group) => {
          if (!group.members.has(user)) return '-SOFT_ERR you are not a member of that group!';
          if (group.admin === user)
            return `-SOFT_ERR you are an admin, you can't leave the group!"`;
          group.members.delete(user);
          return `+SUCCESS you have successfully left the group "${group.name}"`;
        });
        return;
      case 'KICK':
        this.#inGroup(user, words[1], (group) => this.#kick(user, group, words[2] ?? ''));
    }
  }

  #find(name: string): User | undefined {
    return [...this.#users].find((user) => user.name === name && name !== '');
  }

  #pass(user: User, [to = '', ...more]: string[], line: (rest: string) => string): void {
    const receiver = this.#find(to.slice(1));
    if (receiver === undefined) user.say('-SOFT_ERR no such user!');
    else receiver.say(line(more.join(' ')));
  }

  #offerFile(user: User, [, to = '', ...metadata]: string[]): void {
    const receiver = this.#find(to.slice(1));
    if (receiver === undefined) user.say('-SOFT_ERR no such user!');
    else if (receiver === user) user.say("-SOFT_ERR you can't send a file to yourself!");
    else receiver.say(`FILE_TRANS @${user.name} ${metadata.join(' ')}`);
  }

  async #openFilePort(user: User, [to = '', ...metadata]: string[]): Promise<void> {
    const port = await startV1FileServer(this.#t);
    this.#find(to.slice(1))?.say(`READY_FOR_FILE @${user.name} ${metadata.join(' ')} ${port}`);
    user.say(`OPEN_PORT_TO_RECEIVE ${port}`);
  }

  #createGroup(user: User, name: string): void {
    if (this.#groups.has(name)) {
      user.say('-SOFT_ERR a group with that name already exists!');
      return;
    }
    this.#groups.set(name, { name, admin: user, members: new Set([user]), banned: new Set() });
    user.say(`+SUCCESS group "${name}" has been created!`);
  }

  #inGroup(user: User, name: string | undefined, act: (group: Group) => string | undefined): void {
    const group = this.#groups.get(name ?? '');
    const reply = group === undefined ? '-SOFT_ERR no such group!' : act(group);
    if (reply !== undefined) user.say(reply);
  }

  #join(user: User, group: Group): string {
    if (group.members.has(user)) return '-SOFT_ERR you are already a member of that group!';
    if (group.banned.has(user.name)) return '-SOFT_ERR you are banned from that group!';
    group.members.add(user);
    return `+SUCCESS you have successfully entered group "${group.name}"`;
  }

  #kick(user: User, group: Group, name: string): string {
    if (group.admin !== user)
      return '-SOFT_ERR you are not allowed to kick members out that group!';
    if (name === user.name) return '-SOFT_ERR why would you kick yourself out of your group :)?';
    const member = [...group.members].find((member) => member.name === name);
    if (member === undefined)
      return `-SOFT_ERR user ${name} is not a member of group ${group.name}`;
    const kicked = `user ${name} has been kicked out of group ${group.name}`;
    group.members.delete(member);
    group.banned.add(name);
    for (const other of group.members) other.say(`GROUP_MESSAGE ${kicked}`);
    member.say(`+SUCCESS you have been kicked out of the group ${group.name}`);
    return `+SUCCESS ${kicked}`;
  }
}
