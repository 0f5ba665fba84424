// The sizes that both ends of a connection agree on. Documented in docs/PROTOCOL.md, section "Limits".

/**
 * The longest line that a server accepts, in bytes without its line end. Key packages and Welcomes of the hybrid suite
 * must fit: 3.6 KB and 5.8 KB as base64url.
 */
export const defaultMaxLineBytes = 64 * 1024;

/**
 * The longest line that a client accepts, in bytes. Longer than the server's, because a list of all users is one line
 * too: 100,000 names of 32 letters.
 */
export const maxServerLineBytes = 4 * 1024 * 1024;
