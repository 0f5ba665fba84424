// Both sides of the control socket, without a socket: what an end leaves behind, and lines that are none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SaidAs } from '../chat-client.ts';
import type { ClientEvent, OwnMessage } from '../client-event.ts';
import type { ClientState } from '../client-state.ts';
import { People } from '../people.ts';
import { ok } from '../../lib/result.ts';
import type { Place } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import { ControlCaller } from './control-caller.ts';
import { ControlHandler, type ControlledClient } from './control-handler.ts';

const me = 'alice' as Username;
const lobby: Place = { kind: 'lobby' };

class TestClient implements ControlledClient {
  readonly speech = undefined;
  readonly as = 'account';
  readonly username = me;
  readonly people = new People();
  readonly files = undefined;
  state: ClientState = {
    phase: 'open',
    username: me,
    as: 'account',
    welcome: '',
    features: new Set(),
  };
  unsent = 0;
  readonly said: string[] = [];

  broadcast(text: string): SaidAs {
    this.said.push(text);
    return ok(text);
  }
  groupMessage = (_group: string, text: string) => this.broadcast(text);
  privateMessage(_user: string, text: string) {
    this.said.push(text);
    return ok(text);
  }
  async ready() {}
  async settled() {}
}

class Stage {
  readonly client = new TestClient();
  readonly shown: ClientEvent[] = [];
  readonly warned: string[] = [];
  readonly handler = new ControlHandler({
    files: false,
    stays: true,
    timers: { after: () => () => {} },
    sink: (event) => this.shown.push(event),
  });
  readonly written: string[] = [];
  hasHungUp = false;
  readonly caller = new ControlCaller({
    write: (line) => this.written.push(line),
    warn: (words) => this.warned.push(words),
  });
  readonly call = this.handler.open({
    write: (line) => void this.caller.receive(line),
    isBehind: () => false,
    end: () => {
      this.hasHungUp = true;
    },
  });

  /** The handler takes what was written. */
  async pass(): Promise<void> {
    for (const line of this.written.splice(0)) await this.call.line(line);
  }

  own(text: string, state: OwnMessage['state']): void {
    const content = { kind: 'text', text } as const;
    const message = { localId: text, place: lobby, content, from: me, encrypted: false, state };
    this.handler.receive({ type: 'own', message });
  }

  leave(): void {
    this.client.state = { phase: 'closed', reason: { code: 'quit' } };
    this.handler.receive({ type: 'state', state: this.client.state });
  }

  get states(): readonly string[] {
    return this.caller.open.map(({ text, state }) => `${text} ${state}`);
  }
}

test('a text is taken when it is on the disk, and done when the server has it', async () => {
  const stage = new Stage();
  stage.handler.serve(stage.client);
  stage.caller.text(lobby, 'one');
  await stage.pass();
  assert.deepEqual(stage.states, ['one sent']);
  stage.own('one', 'waiting');
  assert.deepEqual(stage.states, ['one taken']);
  stage.own('one', 'stored');
  assert.deepEqual(stage.states, []);
  assert.deepEqual(stage.shown, [{ type: 'said-beside', from: me, place: lobby, text: 'one' }]);
});

test('where the program leaves, what it has not taken goes again, and nothing that it took', async () => {
  const stage = new Stage();
  stage.handler.serve(stage.client);
  stage.caller.text(lobby, 'one');
  await stage.pass();
  stage.own('one', 'waiting');
  stage.caller.text(lobby, 'two');
  stage.leave();
  await stage.pass();
  assert.deepEqual(stage.states, ['one taken', 'two again']);
  assert.deepEqual(stage.client.said, ['one']);
  assert.equal(stage.caller.hasEnded, true);
  assert.equal(await stage.caller.settled(), undefined);
});

test('where it is killed, nobody knows of what it had not answered', async () => {
  const stage = new Stage();
  stage.handler.serve(stage.client);
  stage.caller.text(lobby, 'one');
  await stage.pass();
  const settled = stage.caller.settled();
  stage.caller.ended();
  assert.deepEqual(stage.states, ['one unknown']);
  assert.equal(await settled, undefined);
});

test('texts wait for a login, and none is lost where it fails', async () => {
  const stage = new Stage();
  stage.caller.text(lobby, 'one');
  const passed = stage.pass();
  stage.handler.serve(stage.client);
  stage.leave();
  await passed;
  assert.deepEqual(stage.states, ['one again']);
});

test('a line that is none ends the connection', async () => {
  for (const line of [
    '',
    '{}',
    '{"ask":"text","n":0,"to":"lobby","text":"x"}',
    'x'.repeat(600_000),
  ]) {
    const stage = new Stage();
    stage.handler.serve(stage.client);
    await stage.call.line(line);
    assert.equal(stage.hasHungUp, true);
  }
});

test('a program of another version, or none of ours, is not believed', () => {
  for (const line of [
    '{"say":"taken","n":1}',
    '{"say":"hello","version":2,"files":true,"stays":true}',
  ]) {
    const caller = new ControlCaller({ write: () => {}, warn: () => {} });
    assert.equal(caller.receive(line), false);
  }
});
