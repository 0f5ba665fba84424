// What people do and wait for in a world of accounts (account-world.ts), for tests that put its server back.
import assert from 'node:assert/strict';
import { textOf } from '../../../src/client/content.ts';
import { alice as aliceDevice, bob as bobDevice } from '../pair.ts';
import { AccountWorld, Person, turns, until } from './account-world.ts';

export const direct = '@alice+bob';

/** `hasRuns`: the server knows its runs, and says to those who come back what it has lost. */
export async function two({ hasRuns = true } = {}) {
  const world = new AccountWorld({ hasRuns });
  const alice = new Person(world, 'alice', aliceDevice);
  const bob = new Person(world, 'bob', bobDevice);
  for (const person of [alice, bob]) await start(world, person);
  await until(world, () => bob.store.records.packages.length > 10, 'keys are left');
  return { world, alice, bob };
}

export async function start(world: AccountWorld, person: Person) {
  await person.start();
  await until(world, () => person.isIn, `${person.name} is in`);
}

export const isSent = (person: Person) => () => person.client?.unsent === 0;
export const has = (person: Person, text: string) => () =>
  person.store.messages.some((message) => textOf(message.content) === text);

export async function toAll(world: AccountWorld, from: Person, text: string, ...to: Person[]) {
  assert.ok(from.client?.broadcast(text).ok);
  await until(world, isSent(from), `"${text}" is stored`);
  for (const person of to) await until(world, has(person, text), text);
}

export async function emit(world: AccountWorld, from: Person, to: Person, text: string) {
  assert.ok(from.client?.privateMessage(to.name, text).ok);
  await until(world, isSent(from), `"${text}" is stored`);
  if (to.isRunning) await until(world, has(to, text), text);
}

/** What a person has said privately is known to be delivered. */
export async function acknowledged(world: AccountWorld, person: Person) {
  const isDelivered = () =>
    person.store.messages.every(
      ({ conversation, state }) => !conversation.startsWith('@') || state !== 'stored',
    );
  await until(world, isDelivered, 'it is delivered');
}

/** Both are in again, and nothing is on its way. */
export async function settled(world: AccountWorld, ...people: Person[]) {
  for (const person of people) {
    if (!person.isRunning) await person.start();
    await until(world, () => person.isIn, `${person.name} is in`);
  }
  await until(world, () => people.every((person) => isSent(person)()), 'nothing waits');
  await turns(100);
}

export const restarts = ({ events }: Person) =>
  events.filter(({ type }) => type === 'log-restarted');
export const own = (person: Person, text: string) =>
  person.store.messages
    .filter((message) => textOf(message.content) === text)
    .map(({ state }) => state);
export const receive = ({ events }: Person, text: string) =>
  events.filter((event) => event.type === 'message' && textOf(event.message.content) === text)
    .length;
