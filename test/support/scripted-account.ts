// The server's side of the extended login, played by a test: its identity, the challenge, the check of the proof. It
// uses Node's own ciphers, so that the two sides of the protocol do not share code.
import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import { loginTranscript } from '../../src/wire/extended/login.ts';
import { splitWord } from '../../src/wire/text.ts';
import type { ScriptedConnection } from './scripted-connection.ts';

const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'));
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');

/** The fields of the one received line with `verb`. */
export function fieldsOf(lines: readonly string[], verb: string): Record<string, unknown> {
  const line = lines.find((line) => splitWord(line)[0] === verb);
  assert.ok(line, `${verb} was not said, but ${lines.join(' | ')}`);
  return JSON.parse(splitWord(line)[1]) as Record<string, unknown>;
}

export class ScriptedIdentity {
  readonly #keys = generateKeyPairSync('ed25519');
  readonly key = bytes(this.#keys.publicKey.export({ format: 'jwk' }).x ?? '');

  /** Answers an EHLO with a challenge. `binding` is this side's channel binding. */
  challenge(ehlo: Record<string, unknown>, binding = new Uint8Array()) {
    const nonce = new Uint8Array(randomBytes(32));
    const said = {
      server: this.key,
      serverNonce: nonce,
      clientNonce: bytes(String(ehlo['nonce'])),
      username: String(ehlo['user']),
      device: bytes(String(ehlo['device'])),
      binding,
    };
    const proof = sign(null, loginTranscript({ role: 'server', ...said }), this.#keys.privateKey);
    const line = `CHALLENGE ${JSON.stringify({ server: text(this.key), nonce: text(nonce), proof: text(proof) })}`;
    const isProven = (signature: string) =>
      verify(
        null,
        loginTranscript({ role: 'device', ...said }),
        createPublicKey({
          key: { kty: 'OKP', crv: 'Ed25519', x: String(ehlo['device']) },
          format: 'jwk',
        }),
        bytes(signature),
      );
    return { line, isProven };
  }
}

/** Plays a login up to the WELCOME, with `conversations` in it. */
export async function welcomeAccount(
  connection: ScriptedConnection,
  identity: ScriptedIdentity,
  user: string,
  conversations: readonly object[] = [],
): Promise<void> {
  connection.says('HELO hi [helo: ehlo]');
  const { line, isProven } = identity.challenge(fieldsOf(connection.received(), 'EHLO'));
  connection.says(line);
  const proof = await heardLater(connection, 'PROVE');
  assert.ok(isProven(String(proof['signature'])));
  connection.says(`WELCOME ${JSON.stringify({ user, created: false, conversations })}`);
}

/** The fields of `verb`, which the client sends after some work of its own. */
export async function heardLater(
  connection: ScriptedConnection,
  verb: string,
): Promise<Record<string, unknown>> {
  for (let tries = 0; tries < 1000 && !connection.written.includes(`${verb} `); tries++) {
    await new Promise(setImmediate);
  }
  return fieldsOf(connection.received(), verb);
}
