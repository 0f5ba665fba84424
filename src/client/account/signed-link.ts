// A link of a chain with the signature of a device, or of the recovery key, which signs as devices do.

import { signWithDevice } from '../../e2ee/device-signature.ts';
import type { Device } from '../../e2ee/device.ts';
import type { Suite } from '../../e2ee/suite.ts';
import { encodeLink, linkToSign, type LinkContent } from '../../wire/statements/chain-link.ts';

/** The whole statement. `content.signer` is the public key of `signer`. */
export async function signedLink(
  suite: Suite,
  signer: Device,
  content: LinkContent,
): Promise<Uint8Array> {
  return encodeLink(content, await signWithDevice(suite, signer, linkToSign(content)));
}
