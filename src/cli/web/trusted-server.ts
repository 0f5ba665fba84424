// Connections of the page to the server: each is dialled as `helo chat` dials, and carries nothing before it is clear
// that the right server has answered. Over TLS that is a certificate under which it has proven its identity. Over TCP
// nothing but the identity counts, and the page checks that itself, as it does over TLS too.
import type { CloseReason } from '../../client/client-state.ts';
import type { ServerAddress } from '../../client/connection/server-address.ts';
import { askServer, type RightServer } from '../../client/login/ask-proof.ts';
import { openSuite } from '../../e2ee/suite.ts';
import type { TransferPlace } from '../../client/files/ports.ts';
import { formatHex, parseHex } from '../../lib/bytes.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { dial } from '../../platform/node/connection.ts';
import { nodeCryptoProvider } from '../../platform/node/crypto/crypto-provider.ts';
import { openKnownServers } from '../../platform/node/known-servers.ts';
import { nodeRandomBytes, nodeTimers } from '../../platform/node/runtime.ts';
import type { ByteConnection, ConnectionHandlers, ServerProof } from '../../client/ports.ts';
import type { Username } from '../../wire/text.ts';

const noBinding = new Uint8Array();

/** The name in the requests for a proof, which no login follows. */
const nobody = 'web' as Username;

export class TrustedServer {
  readonly address: ServerAddress;
  readonly #ports: Parameters<typeof askServer>[1];
  /** Certificates that are the server's, as hexadecimal digits. */
  readonly #right = new Set<string>();
  /** For all who wait for the same answer. */
  #asking: Promise<Result<RightServer, CloseReason>> | undefined;

  private constructor(address: ServerAddress, ports: Parameters<typeof askServer>[1]) {
    this.address = address;
    this.#ports = ports;
  }

  static async open(address: ServerAddress, data: string): Promise<TrustedServer> {
    const suite = await openSuite(nodeCryptoProvider);
    const knownServers = openKnownServers(data);
    const ports = { dial, timers: nodeTimers, random: nodeRandomBytes, suite, knownServers };
    return new TrustedServer(address, ports);
  }

  /** Begins to connect to the server. */
  dial(handlers: ConnectionHandlers): ByteConnection {
    return dial(this.address, handlers);
  }

  /**
   * Asks who is there. A server that is new is remembered: whoever gets this far holds the identity that they proved, on
   * this very connection, and what the page does after it is not seen here.
   */
  ask(): Promise<Result<RightServer, CloseReason>> {
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  /** Whether a connection with this proof may be used. The error is the reason against it. */
  async check(proof: ServerProof): Promise<Result<void, CloseReason>> {
    if (this.#isRight(proof)) return ok(undefined);
    const asked = await this.ask();
    if (!asked.ok) return asked;
    // A server with several certificates has shown another one now. The page tries again.
    return this.#isRight(proof) ? ok(undefined) : err({ code: 'lost', failure: undefined });
  }

  /** A transfer port of the server, which must show a certificate that is the server's. The error is why it cannot. */
  async transferPlace(port: number): Promise<Result<TransferPlace, CloseReason>> {
    const { host, transport } = this.address;
    if (transport !== 'tls') return ok({ host, port, fingerprint: undefined });
    if (this.#right.size === 0) {
      const asked = await this.ask();
      if (!asked.ok) return asked;
    }
    const shown = [...this.#right].at(-1) ?? '';
    const vouches = async (fingerprint: Uint8Array): Promise<boolean> =>
      (await this.check({ kind: 'tls', fingerprint, binding: noBinding })).ok;
    return ok({ host, port, fingerprint: parseHex(shown), vouches });
  }

  async #ask(): Promise<Result<RightServer, CloseReason>> {
    const asked = await askServer({ address: this.address, username: nobody }, this.#ports);
    if (!asked.ok) return asked;
    const refusal = await asked.value.met();
    if (refusal !== undefined) return err(refusal);
    const { proof } = asked.value;
    if (proof.kind === 'tls') this.#right.add(formatHex(proof.fingerprint));
    return asked;
  }

  #isRight(proof: ServerProof): boolean {
    return proof.kind === 'plain' || this.#right.has(formatHex(proof.fingerprint));
  }
}
