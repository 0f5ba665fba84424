import { openPins } from '../../src/platform/node/pin-files.ts';
import { MemoryPins } from '../support/memory/memory-pins.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { pinsConformance } from './pins.ts';

pinsConformance('in memory', async () => {
  const pins = new MemoryPins();
  return { pins, reopen: () => pins };
});
pinsConformance('in files', async (t) => {
  const folder = await temporaryFolder(t);
  const open = () => openPins(folder, 'plain-127.0.0.1:1337');
  return { pins: open(), reopen: open };
});
