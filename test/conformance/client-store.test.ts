import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { MemoryClientStore } from '../../src/client/store/memory-store.ts';
import type { ClientStore } from '../../src/client/store/store-port.ts';
import { openClientStore } from '../../src/platform/node/client-store/open.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { clientStoreRandomly } from './client-store-random.ts';
import { clientStoreConformance, type ClientStoreUnderTest } from './client-store.ts';

clientStoreConformance('in memory', async () => {
  const store = new MemoryClientStore();
  return { store, reopen: async () => store };
});
clientStoreConformance('in memory, without search', async () => {
  const store = Object.defineProperty(new MemoryClientStore(), 'search', { value: undefined });
  return { store, reopen: async () => store };
});
clientStoreConformance('in a file', openFile);
clientStoreRandomly('in a file', { histories: 60, searches: 300 }, async (t) => () => openFile(t));

async function openFile(t: TestContext): Promise<ClientStoreUnderTest> {
  const folder = await temporaryFolder(t);
  let store = await openIn(folder);
  t.after(() => store.close());
  const reopen = async () => {
    await store.close();
    store = await openIn(folder);
    return store;
  };
  return { store, reopen };
}

async function openIn(folder: string): Promise<ClientStore> {
  const opened = await openClientStore(folder, 'example.org:7625', 'alice');
  assert.equal(opened.kind, 'open');
  return opened.store;
}
