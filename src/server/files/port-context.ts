// What all transfers of a server share: the ports, the buffers, the connections, and the credentials for TLS.

import { createSecureContext, type SecureContext } from 'node:tls';
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import type { TlsCredentials } from '../transport/tls.ts';
import { OpenSockets } from './open-sockets.ts';
import { Ports } from './port.ts';
import { ReadBuffers } from './read-buffers.ts';
import type { FileSettings } from './thread-messages.ts';

export class PortContext {
  readonly settings: FileSettings;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ports: Ports;
  readonly buffers = new ReadBuffers();
  readonly sockets = new OpenSockets();
  #secureContext: SecureContext | undefined;

  constructor(settings: FileSettings, clock: Clock, log: Logger) {
    this.settings = settings;
    this.clock = clock;
    this.log = log;
    this.ports = new Ports(settings.ports);
  }

  /** For TLS. Undefined if the server has no TLS. */
  get secureContext(): SecureContext | undefined {
    return this.#secureContext;
  }

  /** Transfer ports accept TLS with these credentials from now on. */
  useTls(credentials: TlsCredentials): void {
    this.#secureContext = createSecureContext({ ...credentials, minVersion: 'TLSv1.3' });
  }
}
