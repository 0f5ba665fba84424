// Logs in to helo with an account [docs/PROTOCOL.md]: the challenge, and the signature of a device.

import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { loginTranscript } from '../../src/wire/extended/login.ts';
import type { Talk } from './talk.ts';

/** Who logs in. */
export interface LoginDevice {
  /** Its public key. */
  readonly device: Uint8Array;
  readonly sign: (transcript: Uint8Array) => Uint8Array | Promise<Uint8Array>;
  /** What the client can beyond what every one can. */
  readonly can?: readonly string[];
}

/** Logs in as `name`, and makes the account. The server must let everybody make one. */
export async function logIn(
  talk: Talk,
  name: string,
  { device, sign, can = [] }: LoginDevice = newDevice(),
): Promise<void> {
  const clientNonce = randomBytes(32);
  await talk.until(/^HELO .*\n/);
  const hello = {
    user: name,
    device: Buffer.from(device).toString('base64url'),
    nonce: clientNonce.toString('base64url'),
  };
  talk.send(`EHLO ${JSON.stringify(hello)}\n`);
  const [, json = ''] = await talk.until(/^CHALLENGE (.*)\n/m);
  const challenge = JSON.parse(json) as { server: string; nonce: string };
  const transcript = loginTranscript({
    role: 'device',
    server: Buffer.from(challenge.server, 'base64url'),
    serverNonce: Buffer.from(challenge.nonce, 'base64url'),
    clientNonce,
    username: name,
    device,
    binding: Buffer.alloc(0),
  });
  const signature = Buffer.from(await sign(transcript)).toString('base64url');
  const proof = { signature, ...(can.length > 0 && { can }) };
  talk.send(`PROVE ${JSON.stringify(proof)}\n`);
  await talk.until(/^WELCOME .*\n/m);
}

/** A device made for one login. */
function newDevice(): LoginDevice {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    device: Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'),
    sign: (transcript) => sign(null, transcript, privateKey),
  };
}
