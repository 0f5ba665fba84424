// One room in which a few send and many listen, all verified: the setup of the fan-out scenarios.

import { personName, type Dialect } from '../dialect.ts';
import type { Stage } from '../stage.ts';
import { Arrivals, type Shapes } from './arrivals.ts';
import { Crowd, type Person } from './crowd.ts';
import { Ledger } from './ledger.ts';
import { fillerOf, mark } from './payload.ts';
import { Pump } from './pump.ts';
import { whenSettled } from './settled.ts';
import { shapeOf } from './shapes.ts';

export interface RoomSettings {
  readonly listeners: number;
  readonly speakers: number;
  readonly payloadBytes: number;
  /** The most messages of one sender in flight. */
  readonly window: number;
  /** How many of the listeners, from the first on, are neither awaited nor counted. */
  readonly uncounted?: number;
}

export interface Room {
  readonly arrivals: Arrivals;
  readonly pump: Pump;
  readonly listeners: readonly Person[];
  /** Resolves when everything was received. Rejects if something is missing. */
  readonly settled: () => Promise<void>;
  readonly leave: () => void;
}

/** The most messages of one sender in flight if nothing holds them back. */
const ringCapacity = 4096;

/** Fills a room of the server under test. */
export async function openRoom(stage: Stage, settings: RoomSettings): Promise<Room> {
  const { dialect, fail } = stage;
  const { speakers, listeners, payloadBytes, window, uncounted = 0 } = settings;
  const crowd = new Crowd(stage.port, dialect);
  await crowd.grow(speakers + listeners);
  const speaking = crowd.people.slice(0, speakers);
  const listening = crowd.people.slice(speakers);
  const hearing = dialect.speakersJoin ? crowd.people : listening;
  await crowd.play(hearing, (name) => dialect.join(name));
  await crowd.play(crowd.people, () => dialect.barrier);

  const ledger = new Ledger(speakers, ringCapacity);
  const arrivals = new Arrivals(broadcastShapes(dialect, speakers, payloadBytes), ledger, fail);
  const filler = fillerOf(payloadBytes);
  const pump = new Pump({
    ledger,
    speakers: speaking.map(({ client }) => client),
    window,
    audience: listeners - uncounted,
    line: (sender, number) => dialect.broadcast(mark(sender, number) + filler),
  });
  const everybody: number[] = [];
  for (const [index, { client, name }] of crowd.people.entries()) {
    const speaks = index < speakers;
    const excused = !speaks && index < speakers + uncounted;
    const listener = arrivals.add({
      from: 0,
      senders: speaks && !dialect.speakersJoin ? 0 : speakers,
      self: speaks ? index : undefined,
      counted: !speaks && !excused,
    });
    if (!excused) everybody.push(listener);
    client.readTo(
      (bytes, end) => {
        arrivals.read(listener, bytes, end, performance.now());
        pump.heard();
      },
      (reason) => {
        if (!excused) fail(new Error(`the connection of ${name} was closed: ${reason.message}`));
      },
    );
  }
  return {
    arrivals,
    pump,
    listeners: listening,
    settled: () => whenSettled(ledger, () => everybody.every((each) => arrivals.complete(each))),
    leave: () => crowd.leave(),
  };
}

function broadcastShapes(dialect: Dialect, speakers: number, payloadBytes: number): Shapes {
  const confirmed = dialect.broadcastConfirmed?.bind(dialect);
  return {
    delivery: shapeOf(
      (sender, payload) => dialect.broadcastArrives(personName(sender), payload),
      speakers,
      payloadBytes,
    ),
    confirmation: confirmed && shapeOf((_, payload) => confirmed(payload), speakers, payloadBytes),
    aside: dialect.aside,
  };
}
