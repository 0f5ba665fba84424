import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createServer, type TlsOptions } from 'node:tls';
import { generate } from 'selfsigned';
import type { Dial } from '../../src/client/ports.ts';
import type { TlsAddress } from '../../src/client/connection/server-address.ts';
import { dial } from '../../src/platform/node/connection.ts';
import { openKnownServers } from '../../src/platform/node/known-servers.ts';
import { MemoryKnownServers } from '../support/memory/memory-servers.ts';
import { MemoryNetwork } from '../support/memory/memory-network.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { withinLimit } from '../support/time-limit.ts';
import {
  serverProofConformance,
  type ProofUnderTest,
  type ShownCertificate,
  type TlsProof,
} from './server-proof.ts';

serverProofConformance('in memory', async () => {
  const network = new MemoryNetwork();
  const address: TlsAddress = { transport: 'tls', host: 'h', port: 1, fingerprint: undefined };
  const marks = { first: [1, 1], renewed: [2, 1], other: [3, 3] } as const;
  let shown: ShownCertificate = 'first';
  let isTrusted = false;
  let count = 0;
  const filled = (byte: number) => new Uint8Array(32).fill(byte);
  network.listen(
    address,
    () => ({ data: () => {}, ended: () => {} }),
    () => {
      const hasAuthority = isTrusted && shown === 'first';
      const [fingerprint, key] = marks[shown];
      return {
        kind: 'tls',
        fingerprint: filled(fingerprint),
        key: filled(key),
        binding: filled((count += 1)),
        hasAuthority: async () => hasAuthority,
      };
    },
  );
  return {
    address,
    servers: new MemoryKnownServers(),
    show: (certificate) => {
      shown = certificate;
      return proofOf(network.dial, address);
    },
    trust: async () => void (isTrusted = true),
  };
});
serverProofConformance('on Node', openOnNode);

async function openOnNode(t: TestContext): Promise<ProofUnderTest> {
  const folder = await temporaryFolder(t);
  const first = await issue();
  const certificates: Readonly<Record<ShownCertificate, Pems>> = {
    first,
    renewed: await issue(first),
    other: await issue(),
  };
  const server = createServer((socket) => void socket.on('error', () => {}).resume());
  server.on('tlsClientError', () => {});
  server.setSecureContext(options(first));
  server.listen(0, 'localhost');
  await once(server, 'listening');
  t.after(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const address: TlsAddress = { transport: 'tls', host: 'localhost', port, fingerprint: undefined };
  trustFile(t, join(folder, 'none'));
  return {
    address,
    servers: openKnownServers(folder),
    show: (certificate) => {
      server.setSecureContext(options(certificates[certificate]));
      return proofOf(dial, address);
    },
    trust: async () => {
      const path = join(folder, 'authorities.pem');
      await writeFile(path, first.cert);
      trustFile(t, path);
    },
  };
}

type Pems = Awaited<ReturnType<typeof generate>>;

/** A certificate for `localhost`, with the key of `before` if given. */
function issue(before?: Pems): Promise<Pems> {
  return generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    ...(before && { keyPair: { privateKey: before.private, publicKey: before.public } }),
  });
}

function options({ cert, private: key }: Pems): TlsOptions {
  return { cert, key, minVersion: 'TLSv1.3' };
}

/** Makes that file the authorities of the system until the test ends. */
function trustFile(t: TestContext, path: string): void {
  const before = process.env['SSL_CERT_FILE'];
  t.after(() => {
    if (before === undefined) delete process.env['SSL_CERT_FILE'];
    else process.env['SSL_CERT_FILE'] = before;
  });
  process.env['SSL_CERT_FILE'] = path;
}

async function proofOf(dialIt: Dial, address: TlsAddress): Promise<TlsProof> {
  let opened: (proof: TlsProof) => void = () => {};
  let failed: (reason: unknown) => void = () => {};
  const proof = new Promise<TlsProof>((resolve, reject) => {
    opened = resolve;
    failed = reject;
  });
  const connection = dialIt(address, {
    onOpen: (shown) => {
      assert.ok(shown.kind === 'tls');
      opened(shown);
    },
    onData: () => {},
    onDrain: () => {},
    onClose: (failure) => failed(new Error(failure?.detail ?? 'closed')),
  });
  try {
    return await withinLimit(proof, 'the proof');
  } finally {
    connection.destroy();
  }
}
