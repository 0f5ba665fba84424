// helo over TLS 1.3, with the certificate that it makes for itself.

import type { Peer } from '../peer.ts';
import helo from './helo.ts';

const peer: Peer = {
  name: 'helo-tls',
  title: 'helo, over TLS',
  order: 14,
  only: ['crowd-tls', 'tls-handshakes', 'tls-storm'],
  install: helo.install,
  version: () => helo.version(),
  launch(place) {
    const { command, args } = helo.launch(place);
    // Its only port is the one over TLS, where guests come in only if that is said.
    const set = (words: readonly string[], flag: string, value: string) =>
      words.with(words.indexOf(flag) + 1, value);
    const moved = set(set(args, '--tls-port', `${place.port}`), '--port', 'off');
    return { command, args: [...moved, '--tls-host', '127.0.0.1', '--guests', 'on'] };
  },
  ...(helo.dialect && { dialect: { ...helo.dialect, overTls: true } }),
};
export default peer;
