// A person at the extended protocol: plain lines, an Ed25519 key of node:crypto, and nothing of helo but the signed
// transcript. Reads event by event.
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes, sign, verify, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Scope } from './scope.ts';
import { TLSSocket } from 'node:tls';
import { encodeBase64url } from '../../src/lib/base64url.ts';
import { bindingLabel, loginTranscript } from '../../src/wire/extended/login.ts';
import type { Username } from '../../src/wire/text.ts';
import { connectLines, type LineClient, type LineClientOptions } from './line-client.ts';
import type { Listener } from './program.ts';

/** A device's key. */
export interface TestDevice {
  readonly key: KeyObject;
  /** 32 bytes, base64url. */
  readonly id: string;
}

export function createDevice(): TestDevice {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { key: privateKey, id: publicKey.export({ format: 'jwk' }).x ?? '' };
}

/** An event: its verb and its fields, or a line of version 1 with its text in `rest`. */
export interface Heard {
  readonly verb: string;
  readonly rest: string;
  readonly [field: string]: unknown;
}

/** The lines that the client sent and received in a login. */
export interface LoginLines {
  readonly hello: string;
  readonly challenge: Heard;
  readonly prove: string;
}

export interface LoginOptions extends LineClientOptions {
  readonly device?: TestDevice;
  readonly invite?: string;
  readonly private?: boolean;
  readonly can?: readonly string[];
}

export class ExtendedClient {
  readonly lines: LineClient;
  #lastLabel = 0;

  constructor(lines: LineClient) {
    this.lines = lines;
  }

  say(verb: string, fields: object): void {
    this.lines.send(`${verb} ${JSON.stringify(fields)}`);
  }

  /** The next event. Pings are answered and skipped. */
  async next(): Promise<Heard> {
    for (;;) {
      const line = await this.lines.next();
      if (line === 'PING') this.lines.send('PONG');
      else return heard(line);
    }
  }

  /** Asserts that the next event has this verb, and these fields among others. */
  async hears(verb: string, fields: object = {}): Promise<Heard> {
    const event = await this.next();
    assert.equal(event.verb, verb, JSON.stringify(event));
    const named = Object.keys(fields).map((name) => [name, event[name]]);
    assert.deepEqual(Object.fromEntries(named), fields);
    return event;
  }

  /** Events up to the first one with this verb, and that one. */
  async until(verb: string): Promise<{ readonly before: readonly Heard[]; readonly event: Heard }> {
    const before: Heard[] = [];
    for (;;) {
      const event = await this.next();
      if (event.verb === verb) return { before, event };
      before.push(event);
    }
  }

  /** Sends a request, and reads events up to its answer, which has the label. */
  async ask(
    verb: string,
    fields: object,
  ): Promise<{ readonly before: readonly Heard[]; readonly answer: Heard }> {
    const label = `l${++this.#lastLabel}`;
    this.say(verb, { label, ...fields });
    const before: Heard[] = [];
    for (;;) {
      const event = await this.next();
      if (event['label'] === label) return { before, answer: event };
      before.push(event);
    }
  }

  /** Sends a message, and waits until it is stored. */
  async send(place: string, id: string, text: string): Promise<Heard> {
    const { answer } = await this.ask('SEND', { in: place, id, text });
    assert.equal(answer.verb, 'SENT', JSON.stringify(answer));
    return answer;
  }

  /** All stored messages after a number, page by page. */
  async history(place: string, after = 0): Promise<Heard[]> {
    const messages: Heard[] = [];
    for (let last = after; ;) {
      const { before, answer } = await this.ask('HISTORY', { in: place, after: last, limit: 1000 });
      assert.equal(answer.verb, 'HISTORY_END', JSON.stringify(answer));
      const count = answer['count'] as number;
      // Messages of that moment may come before, but not between.
      const page = before.slice(before.length - count);
      messages.push(...page);
      if (answer['more'] !== true) return messages;
      last = page.at(-1)?.['seq'] as number;
    }
  }
}

function heard(line: string): Heard {
  const [verb = '', ...words] = line.split(' ');
  const rest = words.join(' ');
  const isEvent = rest.startsWith('{') && /^[A-Z_]+$/.test(verb);
  return { verb, rest, ...(isEvent && (JSON.parse(rest) as object)) };
}

/** The channel binding of a connection: empty without TLS. */
export function bindingOf({ socket }: LineClient): Uint8Array {
  return socket instanceof TLSSocket
    ? socket.exportKeyingMaterial(32, bindingLabel, Buffer.alloc(0))
    : new Uint8Array();
}

/** Connects and waits for the greeting. */
export async function connectExtended(
  t: Scope,
  at: Listener,
  options: LineClientOptions = {},
): Promise<ExtendedClient> {
  const client = new ExtendedClient(await connectLines(t, at, options));
  await client.hears('HELO');
  return client;
}

/** Runs the login up to PROVE, and checks the server's proof. */
export async function prove(
  client: ExtendedClient,
  user: string,
  device: TestDevice,
  {
    binding = bindingOf(client.lines),
    ...fields
  }: { binding?: Uint8Array; [field: string]: unknown } = {},
): Promise<LoginLines> {
  const clientNonce = new Uint8Array(randomBytes(32));
  const hello = { user, device: device.id, nonce: encodeBase64url(clientNonce) };
  client.say('EHLO', hello);
  const challenge = await client.hears('CHALLENGE');
  const server = fromBase64url(challenge['server']);
  const transcript = {
    server,
    serverNonce: fromBase64url(challenge['nonce']),
    clientNonce,
    username: user as Username,
    device: fromBase64url(device.id),
    binding,
  };
  const serverKey = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: challenge['server'] as string },
    format: 'jwk',
  });
  const proof = fromBase64url(challenge['proof']);
  const honest = { ...transcript, binding: bindingOf(client.lines) };
  assert.ok(verify(null, loginTranscript({ role: 'server', ...honest }), serverKey, proof));
  const signature = sign(null, loginTranscript({ role: 'device', ...transcript }), device.key);
  const proven = { signature: encodeBase64url(signature), ...fields };
  client.say('PROVE', proven);
  return {
    hello: `EHLO ${JSON.stringify(hello)}`,
    challenge,
    prove: `PROVE ${JSON.stringify(proven)}`,
  };
}

/** Connects and logs in. Stock warnings are left out. */
export async function logIn(
  t: Scope,
  at: Listener,
  user: string,
  { device = createDevice(), invite, private: isPrivate, can, ...options }: LoginOptions = {},
): Promise<ExtendedClient & { readonly welcome: Heard; readonly device: TestDevice }> {
  const client = await connectExtended(t, at, options);
  await prove(client, user, device, {
    ...(invite !== undefined && { invite }),
    ...(isPrivate !== undefined && { private: isPrivate }),
    ...(can !== undefined && { can }),
  });
  const welcome = await client.hears('WELCOME', { user });
  if (isPrivate !== false) await client.hears('STOCK_LOW');
  return Object.assign(client, { welcome, device });
}

function fromBase64url(text: unknown): Uint8Array {
  return new Uint8Array(Buffer.from(String(text), 'base64url'));
}
