// Why a search is impossible, in words.

import type { SearchLack } from '../store/store-port.ts';

export const searchLacks: Readonly<Record<SearchLack, string>> = {
  'nothing-kept': 'nothing is kept for guests',
  'cannot-search': 'What this device keeps cannot be searched.',
};
