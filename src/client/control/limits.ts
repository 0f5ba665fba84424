// The limits of the control socket. Whoever can open it is the person themselves; they bound what a script does by
// mistake (docs/OPERATIONS.md).

/** The longest line: of a text, each byte of which may need six in JSON. */
export const maxControlLineBytes = 512 * 1024;

/** How many programs can be connected at once. The others wait. */
export const maxControlConnections = 64;

/** How many texts of one program are not taken yet. */
export const maxUntaken = 64;
