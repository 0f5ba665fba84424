// helo without storage: messages are for those who are online. Compared with helo, it shows the cost of storing.

import type { Peer } from '../peer.ts';
import helo from './helo.ts';

const peer: Peer = {
  name: 'helo-live',
  title: 'helo, history off',
  order: 11,
  install: helo.install,
  version: () => helo.version(),
  launch(place) {
    const { command, args } = helo.launch(place);
    return { command, args: [...args, '--history', 'off'] };
  },
  ...(helo.dialect && { dialect: helo.dialect }),
};
export default peer;
