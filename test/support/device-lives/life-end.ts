// What must be true at the end of a simulated life of people with several devices: nothing is lost, doubled or called
// stored that nobody has; the devices of a person have the same history of what they were there for, and have read as far.
import assert from 'node:assert/strict';
import { textOf } from '../../../src/client/content.ts';
import type { HistoryRecord } from '../../../src/client/store/store-port.ts';
import { formatHex } from '../../../src/lib/bytes.ts';
import { pairOf } from '../lives/witness.ts';
import type { DeviceLife, Said, Theft } from './device-life.ts';
import { LifeDevice } from './life-device.ts';
import { readWith } from './stolen-state.ts';

export function conversationOf(by: string, place: string): string {
  return place === 'lobby' || place.startsWith('#') ? place : pairOf(by, place);
}

function isIn(name: string, conversation: string): boolean {
  return !conversation.startsWith('@') || conversation.slice(1).split('+').includes(name);
}

export async function checkLife(life: DeviceLife): Promise<void> {
  checkEnd(life);
  checkDevices(life);
  checkReadable(life);
  await checkThefts(life);
  life.end();
}

function checkEnd(life: DeviceLife): void {
  const conversations = new Set(life.said.map(({ by, place }) => conversationOf(by.name, place)));
  for (const conversation of conversations) {
    const devices = life.devices.filter(({ name }) => isIn(name, conversation));
    const said = life.said.filter(
      ({ by, place }) => conversationOf(by.name, place) === conversation,
    );
    for (const device of devices) checkHistory(life, device, conversation, said);
    for (const name of new Set(devices.map((device) => device.name)))
      checkAlike(
        life,
        devices.filter((device) => device.name === name && !isTwin(life, device)),
        conversation,
        said,
      );
  }
}

/** Each device that an account has is one of a person: none was added and left behind unnoticed. */
function checkDevices(life: DeviceLife): void {
  if (life.world.wasPutBack) return;
  for (const name of life.names) {
    const [device] = life.devicesOf(name);
    const known = life.devicesOf(name).map(({ key }) => formatHex(key));
    // Whoever has one device alone may have stored no chain.
    const has = device?.chain?.chain.devices.map(({ key }) => formatHex(key)) ?? known.slice(0, 1);
    assert.deepEqual(has.toSorted(), known.toSorted(), `the devices of ${name}`);
  }
}

/** What `device` must have: what was on the disk of a device that is valid, and was said when this one was there. */
function isDue(life: DeviceLife, device: LifeDevice, said: Said): boolean {
  const { text, by, era } = said;
  const wasThere = (life.since.get(device) ?? Infinity) <= era;
  if (isTwin(life, device) || isTwin(life, by)) return false;
  if (isSaidAround(life, device, said)) return false;
  return wasThere && hasRoom(life, said) && life.devices.includes(by) && by.said.includes(text);
}

/**
 * Whether it was sealed for a room, perhaps for the second time, while the devices entered it anew since the server was put
 * back, and stands in the log of now before `device` came in: who comes in later cannot read it, and is told.
 */
function isSaidAround(life: DeviceLife, device: LifeDevice, said: Said): boolean {
  if (!life.world.wasPutBack || said.place === 'lobby' || device === said.by) return false;
  const conversation = conversationOf(said.by.name, said.place);
  const isLost = life.devices
    .flatMap((one) => one.messages(conversation))
    .some(({ epoch, content }) => epoch !== undefined && textOf(content) === said.text);
  return (isLost || life.unsettled.has(said.era)) && !wasInRoom(life, device, said);
}

/** Whether `device` was in the tree that a text was sealed for. In the log of now each comes in with its latest entry. */
function wasInRoom({ world, areStrangers }: DeviceLife, device: LifeDevice, said: Said): boolean {
  const conversation = conversationOf(said.by.name, said.place);
  const { presentLogs } = world;
  const { seq, epoch } = ownRecord(said) ?? {};
  const line =
    seq === undefined || epoch !== undefined ? undefined : presentLogs.line(conversation, seq);
  const entered =
    presentLogs.entryOf(conversation, device.key) ??
    (device.isOfBefore && !areStrangers ? 0 : Infinity);
  return line?.on !== undefined && entered <= line.on;
}

/** The first texts to a stranger are for one of their devices, until there is a room. */
function hasRoom({ areStrangers, rooms }: DeviceLife, { by, place, era }: Said): boolean {
  const conversation = conversationOf(by.name, place);
  if (!areStrangers || !conversation.startsWith('@')) return true;
  return (rooms.get(conversation) ?? Infinity) <= era;
}

/** A thief's program uses what it uses: what each of the two says may not be readable, and is told. */
function isTwin({ thefts }: DeviceLife, device: LifeDevice): boolean {
  return thefts.some(({ of, thief }) => of === device && thief !== undefined);
}

/** What the device that has said it has of it. */
function ownRecord(said: Said): HistoryRecord | undefined {
  const conversation = conversationOf(said.by.name, said.place);
  return said.by
    .messages(conversation)
    .find(({ localId, content }) => localId !== undefined && textOf(content) === said.text);
}

function stateOf(said: Said): string | undefined {
  return ownRecord(said)?.state;
}

function checkHistory(
  life: DeviceLife,
  device: LifeDevice,
  conversation: string,
  said: readonly Said[],
): void {
  const what = `${device.label} in ${conversation}`;
  const messages = device.messages(conversation);
  const counts = new Map<string, number>();
  for (const { content, unreadable } of messages) {
    if (unreadable !== undefined) continue;
    const text = textOf(content);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  for (const one of said) {
    const count = counts.get(one.text) ?? 0;
    assert.ok(count <= 1 || life.world.wasPutBack, `${what} has ${one.text} ${count} times`);
    const state = stateOf(one);
    if (life.devices.includes(one.by) && one.by.said.includes(one.text)) {
      assert.ok(state !== 'waiting', `${one.text} still waits at ${one.by.label}`);
      // What a thief's program has perhaps said for it, its person is asked about.
      if (!life.world.wasPutBack && !isTwin(life, one.by))
        assert.ok(state !== 'refused', `${one.text} is refused at ${one.by.label}`);
    }
    if (isDue(life, device, one) && state !== 'refused')
      // Not more than once is asked above.
      assert.ok(count > 0, `${what} does not have ${one.text} of ${one.by.label}`);
  }
}

/** The devices of one person have the same in the same order, of what they were all there for. */
function checkAlike(
  life: DeviceLife,
  devices: readonly LifeDevice[],
  conversation: string,
  said: readonly Said[],
): void {
  if (devices.length === 0) return;
  const since = Math.max(...devices.map((device) => life.since.get(device) ?? Infinity));
  // What a server that was put back has lost stays with those who had it; its sender was told, or is no device any more.
  const isLost = (one: Said) =>
    life.world.wasPutBack &&
    (stateOf(one) === 'refused' || isOfEarlierLog(life, conversation, one));
  const there = said.filter(
    (one) =>
      one.era >= since &&
      hasRoom(life, one) &&
      !isLost(one) &&
      !devices.some((device) => isSaidAround(life, device, one)),
  );
  const due = new Set(there.map(({ text }) => text));
  const [first = [], ...others] = devices.map((device) => {
    const texts = device
      .messages(conversation)
      .filter(({ unreadable }) => unreadable === undefined)
      .map(({ content }) => textOf(content))
      .filter((text) => due.has(text));
    // What is said again stands where it was on those who had it, and perhaps once more behind what the server has lost.
    return life.world.wasPutBack ? [...new Set(texts)].sort() : texts;
  });
  const labels = devices.map(({ label }) => label).join(' and ');
  for (const other of others) assert.deepEqual(other, first, `${labels} in ${conversation}`);
  const read = new Set(devices.map((device) => device.readUpTo(conversation)));
  assert.ok(read.size === 1, `${labels} have read ${conversation} up to ${[...read].join()}`);
}

/** Whether the server has lost it, and the device that could say it again is none any more. */
function isOfEarlierLog(life: DeviceLife, conversation: string, { by, text }: Said): boolean {
  if (life.devices.includes(by)) return false;
  const records = life.devices
    .flatMap((device) => device.messages(conversation))
    .filter(({ unreadable, content }) => unreadable === undefined && textOf(content) === text);
  return records.every(({ epoch }) => epoch !== undefined);
}

/** Nothing that was said where a device was there is marked as unreadable, but for what a thief has said. */
function checkReadable(life: DeviceLife): void {
  const texts = new Map<string, Said>(life.said.map((said) => [said.text, said]));
  for (const device of life.devices) {
    for (const { conversation, seq, epoch, unreadable } of device.disk.kept.messages) {
      // Each device counts the logs of before by itself: what had that number there is not known.
      if (unreadable === undefined || epoch !== undefined) continue;
      const there = life.devices.flatMap((other) => other.messages(conversation));
      const text = there.find(
        (one) => one.seq === seq && one.epoch === undefined && one.unreadable === undefined,
      );
      const said = texts.get(text === undefined ? '' : textOf(text.content));
      const isDueHere = said !== undefined && isDue(life, device, said);
      assert.ok(!isDueHere, `${device.label} has ${conversation} ${seq} as: ${unreadable}`);
    }
  }
}

/** Where the server has lost that a device was revoked, it is one again until a device that has heard of it brings that. */
function isStillRevoked(life: DeviceLife, revoked: LifeDevice): boolean {
  const own = life.devicesOf(revoked.name);
  return (
    !life.world.wasPutBack || (own.length > 0 && own.every((one) => one.knowsRevoked(revoked)))
  );
}

/** Nothing that was said after a device was revoked may be for it: by whoever has heard of it, and that is everybody soon. */
function isBarred({ world }: DeviceLife, said: Said, at: number, { of, revoked }: Theft): boolean {
  if (said.place === 'lobby') return false;
  if (said.barred.includes(of)) return true;
  if (revoked === undefined || world.wasPutBack) return false;
  return said.era > revoked.era || (at >= revoked.texts && said.by === revoked.by);
}

/** Who has copied a device reads nothing that was said after it was revoked, and is let in no more. */
async function checkThefts(life: DeviceLife): Promise<void> {
  const { world } = life;
  for (const theft of life.thefts) {
    const { state, revoked, of } = theft;
    const read = await readWith(state, world);
    life.readByThieves += read.size;
    for (const [at, said] of life.said.entries()) {
      const isRead = read.has(said.text) && isBarred(life, said, at, theft);
      assert.ok(!isRead, `${said.text} is read with the stolen state of ${of.label}`);
    }
    if (revoked === undefined || !isStillRevoked(life, of)) continue;
    const thief = new LifeDevice(world, { ...state, label: `thief of ${of.label}` });
    await thief.start();
    await world.calm(
      () => true,
      () => 'a thief',
    );
    assert.ok(!thief.isIn, `${of.label} is revoked, and its copy is let in`);
    thief.kill();
  }
}
