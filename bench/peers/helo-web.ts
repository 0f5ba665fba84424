// helo over WebSockets, as browsers are connected. Compared with helo, it shows what they cost.

import type { Dialect } from '../dialect.ts';
import { clientFrame, upgradeTo } from '../load/frames.ts';
import type { Peer } from '../peer.ts';
import helo from './helo.ts';

const said = (text: string) => clientFrame('binary', text);

function overWebSocket(lines: Dialect): Dialect {
  return {
    ...lines,
    inFrames: true,
    login: (name) => [
      { send: upgradeTo('/socket') },
      { until: '\r\n\r\n' },
      ...lines.login(name).map((step) => ('send' in step ? { send: said(step.send) } : step)),
    ],
    broadcast: (payload) => said(lines.broadcast(payload)),
    privately: (to, payload) => said(lines.privately(to, payload)),
  };
}

const peer: Peer = {
  name: 'helo-web',
  title: 'helo, over WebSockets',
  order: 12,
  only: ['fan-out-1000', 'fan-out-100'],
  install: helo.install,
  version: () => helo.version(),
  launch(place) {
    // Its lines are at any free port; the generator comes to the page's.
    const { command, args } = helo.launch({ ...place, port: 0 });
    return { command, args: [...args, '--web-port', `${place.port}`] };
  },
  ...(helo.dialect && { dialect: overWebSocket(helo.dialect) }),
};
export default peer;
