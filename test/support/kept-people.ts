// People who bring and fetch kept files at a real server, byte by byte. Knows section 13.8, and nothing of what is in the
// files.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { ExtendedClient, Heard, TestDevice } from './extended-client.ts';
import { ByteClient } from './worlds/file-people.ts';

export type Person = ExtendedClient & { readonly device: TestDevice };

export function drawFileId(): string {
  return randomBytes(16).toString('base64url');
}

/** The name of a file's bytes in the folder of the server. */
export function nameOnDisk(id: string): string {
  return Buffer.from(id, 'base64url').toString('hex');
}

/** Asks for something, and expects to be refused. Returns the code. */
export async function refused(person: Person, verb: string, fields: object): Promise<unknown> {
  const { answer } = await person.ask(verb, fields);
  assert.equal(answer.verb, 'FAILED', JSON.stringify(answer));
  return answer['code'];
}

/** How much of an upload the server has. */
export async function asksFor(person: Person, id: string, place: string): Promise<unknown> {
  const { answer } = await person.ask('UPLOAD', { in: place, id });
  assert.equal(answer.verb, 'UPLOAD', JSON.stringify(answer));
  return answer['have'];
}

/** An attempt to bring a file: the answer, and a connection to the port that has said who it is. */
export async function beginUpload(
  t: TestContext,
  person: Person,
  id: string,
  { place, bytes, from = 0, secure = false }: Attempt,
): Promise<ByteClient> {
  const { answer } = await person.ask('UPLOAD', { in: place, id, bytes, from });
  assert.equal(answer.verb, 'UPLOAD', JSON.stringify(answer));
  const port = new ByteClient(t, answer['port'] as number, { secure });
  await port.send(`UPLOAD ${id} ${String(answer['ticket'])}\n`);
  return port;
}

export interface Attempt {
  readonly place: string;
  readonly bytes: number;
  readonly from?: number;
  readonly secure?: boolean;
}

/** Reads KEPT events up to the last of an attempt. */
export async function isOver(person: Person, id: string): Promise<Heard> {
  for (;;) {
    const { event } = await person.until('KEPT');
    assert.equal(event['id'], id);
    if (event['over'] === true) return event;
  }
}

/** Brings all of `content` from an offset on. */
export async function bring(
  t: TestContext,
  person: Person,
  id: string,
  place: string,
  content: Uint8Array,
  from = 0,
): Promise<void> {
  const port = await beginUpload(t, person, id, { place, bytes: content.length, from });
  await port.send(content.subarray(from));
  port.socket.end();
  const { have } = (await isOver(person, id)) as unknown as { have: number };
  assert.equal(have, content.length);
}

/** Tells somebody of a file. */
export async function tell(from: Person, to: Person, name: string, id: string, number: number) {
  const said = {
    in: `@${name}`,
    id: `a.${number}`,
    sealed: 'AAAA',
    device: to.device.id,
    file: id,
  };
  const { answer } = await from.ask('SEND', said);
  assert.equal(answer.verb, 'SENT', JSON.stringify(answer));
}

/** Begins to fetch a file. */
export async function beginFetch(
  t: TestContext,
  person: Person,
  id: string,
  from = 0,
): Promise<{ readonly bytes: number; readonly port: ByteClient }> {
  const { answer } = await person.ask('FETCH', { id, from });
  assert.equal(answer.verb, 'FETCH', JSON.stringify(answer));
  const port = new ByteClient(t, answer['port'] as number);
  await port.send(`FETCH ${id} ${String(answer['ticket'])}\n`);
  return { bytes: answer['bytes'] as number, port };
}
