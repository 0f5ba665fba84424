// How long what is encrypted may be (padding.ts). Apart from it, because a page asks that before it has anything that
// encrypts.

/** The length of the content, before it. */
export const lengthBytes = 4;

/** The largest padded size: in base64url, with a Welcome beside it, it fits a line of 64 KiB. */
export const maxPaddedBytes = 40_960;

/** The longest content that can be sealed. */
export const maxPlaintextBytes = maxPaddedBytes - lengthBytes;
