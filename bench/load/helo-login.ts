// Logs in to helo with an account [docs/PROTOCOL.md]: the challenge, and the signature of a device made for this.

import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { loginTranscript } from '../../src/wire/extended/login.ts';
import type { Talk } from './talk.ts';

/** Logs in as `name`, and makes the account. The server must let everybody make one. */
export async function logIn(talk: Talk, name: string): Promise<void> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const device = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const clientNonce = randomBytes(32);
  await talk.until(/^HELO .*\n/);
  const hello = {
    user: name,
    device: device.toString('base64url'),
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
  const signature = sign(null, transcript, privateKey).toString('base64url');
  talk.send(`PROVE ${JSON.stringify({ signature })}\n`);
  await talk.until(/^WELCOME .*\n/m);
}
