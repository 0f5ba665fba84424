// How long the parts of a frame are (live-frame.ts). Apart from it, because a page asks how long a text may be before it has
// anything that encrypts.

export const incarnationBytes = 8;
export const textIdBytes = 16;
export const sealHashBytes = 16;
export const frameHeadBytes = 2 + incarnationBytes + 4;
