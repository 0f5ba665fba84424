// Passkeys that give a secret of their own (WebAuthn's extension `prf`): the same one each time, for a salt, from this
// device or key and nobody else. No server hears of it: the signature is not looked at, the secret is all that counts.
import { unshared } from '../buffer.ts';
import { browserRandomBytes } from '../runtime.ts';

export interface Passkey {
  readonly credential: Uint8Array;
  readonly secret: Uint8Array;
}

export type PasskeyFailure =
  /** The person has not, or the browser did not let them. */
  | 'left'
  /** This passkey gives no secret. */
  | 'no-secret';

/** ES256, EdDSA, RS256: any will do. */
const algorithms = [-7, -8, -257];
const secretBytes = 32;

/** Whether this browser has passkeys for this page: they belong to a name, which an address of numbers is not. */
export async function hasPasskeys(): Promise<boolean> {
  const { PublicKeyCredential: has } = globalThis as {
    readonly PublicKeyCredential?: typeof PublicKeyCredential;
  };
  if (has === undefined || /^[\d.]+$|:/.test(location.hostname)) return false;
  const told = await has.getClientCapabilities?.().catch(() => undefined);
  return told?.['extension:prf'] === true;
}

/** Makes one. `name` is what the browser shows of it. */
export async function makePasskey(
  name: string,
  salt: Uint8Array,
): Promise<Passkey | PasskeyFailure> {
  const made = await asked(() =>
    navigator.credentials.create({
      publicKey: {
        rp: { name: 'helo' },
        user: { id: unshared(browserRandomBytes(16)), name, displayName: name },
        challenge: unshared(browserRandomBytes(32)),
        pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
        authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
        extensions: { prf: { eval: { first: unshared(salt) } } },
      },
    }),
  );
  if (made === undefined) return 'left';
  const { prf } = made.getClientExtensionResults();
  if (prf?.enabled !== true && prf?.results === undefined) return 'no-secret';
  const credential = new Uint8Array(made.rawId);
  const secret = bytesOf(prf.results?.first) ?? (await secretOf(credential, salt));
  return typeof secret === 'string' ? secret : { credential, secret };
}

/** The secret of one that was made. */
export async function secretOf(
  credential: Uint8Array,
  salt: Uint8Array,
): Promise<Uint8Array | PasskeyFailure> {
  const given = await asked(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: unshared(browserRandomBytes(32)),
        allowCredentials: [{ type: 'public-key', id: unshared(credential) }],
        userVerification: 'required',
        extensions: { prf: { eval: { first: unshared(salt) } } },
      },
    }),
  );
  if (given === undefined) return 'left';
  return bytesOf(given.getClientExtensionResults().prf?.results?.first) ?? 'no-secret';
}

async function asked(
  ask: () => Promise<Credential | null>,
): Promise<PublicKeyCredential | undefined> {
  try {
    const given = await ask();
    return given instanceof PublicKeyCredential ? given : undefined;
  } catch (error) {
    // Whatever it was, the browser has told the person.
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}

function bytesOf(secret: BufferSource | undefined): Uint8Array | undefined {
  if (secret === undefined) return undefined;
  const bytes = ArrayBuffer.isView(secret)
    ? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
    : new Uint8Array(secret);
  return bytes.length === secretBytes ? bytes.slice() : undefined;
}
