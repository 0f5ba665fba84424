// What every way to dial promises (`Dial` in client/ports.ts), as examples that each adapter runs.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type {
  ByteConnection,
  ConnectionFailure,
  Dial,
  ServerProof,
} from '../../src/client/ports.ts';
import type { ServerAddress } from '../../src/client/connection/server-address.ts';
import type { RemoteEnd, RemoteHandlers } from '../support/memory/memory-network.ts';
import { eventually } from '../support/time-limit.ts';

/** A way to dial, and a listener to reach by it. */
export interface DialUnderTest {
  readonly dial: Dial;
  /** Listens until the test ends. */
  readonly listen: (accept: (end: RemoteEnd) => RemoteHandlers) => Promise<ServerAddress>;
  /** The address of nobody. */
  readonly nobody: () => Promise<ServerAddress>;
  /** The proof that a connection has of the other side. */
  readonly proof: ServerProof['kind'];
  /** Resolves when what was ordered is done, where the connection is in another program. */
  readonly settle?: () => Promise<void>;
  /** The code for an address of nobody. */
  readonly refusal?: string;
  /** Whether one side's end is the other's too: nothing is heard after it. */
  readonly endsBothSides?: boolean;
}

/** The events of a connection, in order. */
type Told =
  | { readonly is: 'open'; readonly proof: ServerProof }
  | { readonly is: 'data'; readonly text: string }
  | { readonly is: 'closed'; readonly failure: ConnectionFailure | undefined };

class Call {
  readonly told: Told[] = [];
  readonly connection: ByteConnection;
  #isDialling = true;

  constructor(t: TestContext, dial: Dial, address: ServerAddress) {
    const tell = (told: Told): void => {
      assert.ok(!this.#isDialling, 'nothing is told from within the call');
      this.told.push(told);
    };
    this.connection = dial(address, {
      onOpen: (proof) => tell({ is: 'open', proof }),
      onData: (bytes) => tell({ is: 'data', text: Buffer.from(bytes).toString() }),
      onDrain: () => {},
      onClose: (failure) => tell({ is: 'closed', failure }),
    });
    this.#isDialling = false;
    t.after(() => this.connection.destroy());
  }

  get text(): string {
    return this.told.map((told) => (told.is === 'data' ? told.text : '')).join('');
  }

  /** The events without their content and source. */
  get story(): string[] {
    return this.told.map(({ is }) => is).filter((is, at, all) => is !== all[at - 1]);
  }

  async until(is: Told['is']): Promise<void> {
    await eventually(() => this.told.some((told) => told.is === is), is);
  }
}

/** What the listening end received. */
class Remote {
  text = '';
  isOver = false;
  end: RemoteEnd | undefined;

  readonly accept = (end: RemoteEnd): RemoteHandlers => {
    this.end = end;
    return { data: (text) => (this.text += text), ended: () => (this.isOver = true) };
  };
}

/** Runs the examples on the way to dial from `open`. */
export function dialConformance(
  adapter: string,
  open: (t: TestContext) => Promise<DialUnderTest>,
): void {
  const example = (title: string, run: (under: DialUnderTest, t: TestContext) => Promise<void>) =>
    test(`${adapter}: ${title}`, async (t) => run(await open(t), t));

  example('who answered is told first, and bytes go both ways in their order', async (under, t) => {
    const remote = new Remote();
    const call = new Call(t, under.dial, await under.listen(remote.accept));
    call.connection.write(Buffer.from('one '));
    await call.until('open');
    const [first] = call.told;
    assert.ok(first?.is === 'open');
    assert.equal(first.proof.kind, under.proof);
    call.connection.write(Buffer.from('two'));
    await eventually(() => remote.text === 'one two', 'what was written');
    remote.end?.write('three ');
    remote.end?.write('four');
    await eventually(() => call.text === 'three four', 'what was answered');
    assert.equal(call.connection.unsentBytes, 0);
  });

  example('an end sends what is queued, and the close comes once and last', async (under, t) => {
    const remote = new Remote();
    const call = new Call(t, under.dial, await under.listen(remote.accept));
    await call.until('open');
    call.connection.write(Buffer.from('goodbye'));
    call.connection.end();
    call.connection.write(Buffer.from(' and more'));
    await eventually(() => remote.isOver, 'the end');
    assert.equal(remote.text, 'goodbye');
    remote.end?.write('goodbye to you');
    remote.end?.end();
    await call.until('closed');
    const story = ['open', ...(under.endsBothSides === true ? [] : ['data']), 'closed'];
    assert.deepEqual(call.story, story);
    assert.deepEqual(call.told.at(-1), { is: 'closed', failure: undefined });
    call.connection.destroy();
    call.connection.write(Buffer.from('late'));
    await new Promise(setImmediate);
    assert.deepEqual(call.story, story);
  });

  example('the other side may end it', async (under, t) => {
    const remote = new Remote();
    const call = new Call(t, under.dial, await under.listen(remote.accept));
    await eventually(() => remote.end !== undefined, 'the connection');
    remote.end?.write('that is all');
    remote.end?.end();
    await call.until('closed');
    assert.equal(call.text, 'that is all');
    assert.deepEqual(call.told.at(-1), { is: 'closed', failure: undefined });
  });

  example('destroyed, it tells no more than that it is closed', async (under, t) => {
    const remote = new Remote();
    const call = new Call(t, under.dial, await under.listen(remote.accept));
    await call.until('open');
    call.connection.destroy();
    await under.settle?.();
    remote.end?.write('unheard');
    await call.until('closed');
    assert.deepEqual(call.story, ['open', 'closed']);
    await eventually(() => remote.isOver, 'the end at the other side');
  });

  example('destroyed before it stands, it never opens', async (under, t) => {
    const call = new Call(t, under.dial, await under.listen(new Remote().accept));
    call.connection.destroy();
    await call.until('closed');
    assert.deepEqual(call.story, ['closed']);
  });

  example('paused, nothing is heard before it goes on', async (under, t) => {
    const remote = new Remote();
    const call = new Call(t, under.dial, await under.listen(remote.accept));
    await call.until('open');
    call.connection.pause();
    // The answer is on its way when this arrives, after the written bytes.
    call.connection.write(Buffer.from('ask'));
    await eventually(() => remote.text === 'ask', 'the question');
    remote.end?.write('answer');
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    assert.equal(call.text, '');
    call.connection.resume();
    await eventually(() => call.text === 'answer', 'the answer');
  });

  example('where nobody listens that is the reason, and it never opens', async (under, t) => {
    const call = new Call(t, under.dial, await under.nobody());
    await call.until('closed');
    assert.deepEqual(call.story, ['closed']);
    const [closed] = call.told;
    assert.ok(closed?.is === 'closed');
    assert.equal(closed.failure?.code, under.refusal ?? 'ECONNREFUSED');
    assert.ok((closed.failure?.detail.length ?? 0) > 0);
  });
}
