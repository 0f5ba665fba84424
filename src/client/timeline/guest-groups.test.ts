// In which groups a guest is, as both modes take it from the answers of the server: version 1 says of nothing that is
// said in which group it was.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeTimers } from '../../../test/support/fake-timers.ts';
import { success, type SuccessCode } from '../../wire/replies.ts';
import type { Username } from '../../wire/text.ts';
import type { ChatClient } from '../chat-client.ts';
import type { ClientEvent } from '../client-event.ts';
import { textContent } from '../content.ts';
import { PlaceMarks } from '../wording/place-marks.ts';
import { Timeline } from './timeline.ts';

const login: ClientEvent = {
  type: 'state',
  state: {
    phase: 'open',
    username: 'al' as Username,
    as: 'guest',
    welcome: '',
    features: new Set(['x']),
  },
};

function replied(code: SuccessCode, group: string): ClientEvent {
  const values = { group, user: 'eve', admin: 'eve' };
  return { type: 'success', reply: { code, values, text: success.templates[code] } };
}

function createViews() {
  const timers = new FakeTimers();
  const client = {
    as: 'guest',
    conversations: [],
    devices: { of: () => Promise.resolve(undefined) },
    roster: undefined,
    people: { meantBy: () => undefined },
    listUsers: () => undefined,
  } as unknown as ChatClient;
  const timeline = new Timeline({ me: 'al', now: () => 0, timers }, client);
  const marks = new PlaceMarks('al', true);
  const receive = (...events: readonly ClientEvent[]): void => {
    for (const event of events) {
      timeline.receive(event);
      marks.receive(event);
    }
  };
  receive(login);
  return { timeline, marks, receive };
}

/** Where something that is said in a group is shown, on the screen and in line mode. */
function placesOf({ timeline, marks }: ReturnType<typeof createViews>): readonly string[] {
  const from = 'eve' as Username;
  const message = { place: 'group', from, content: textContent('hi'), encrypted: false } as const;
  return [timeline.router.ofMessage(message).id, marks.ofMessage(message)];
}

const ends: readonly SuccessCode[] = ['group-left', 'you-were-kicked', 'group-ended'];
for (const code of ends) {
  test(`after ${code} a guest is in the other group alone`, () => {
    const views = createViews();
    views.receive(replied('group-created', 'lunch'), replied('group-entered', 'dinner'));
    assert.deepEqual(placesOf(views), ['lobby', '@@? ']);
    views.receive(replied(code, 'lunch'));
    assert.deepEqual(placesOf(views), ['#dinner', '@@dinner ']);
  });
}

test('a new login of a guest begins in no group', () => {
  const views = createViews();
  views.receive(replied('group-created', 'lunch'), login, replied('group-entered', 'dinner'));
  assert.deepEqual(placesOf(views), ['#dinner', '@@dinner ']);
});
