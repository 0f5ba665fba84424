// Text in columns and rows, for the screen.

export { fit, pad, take, widthOf, widthUpTo } from '../../columns.ts';
export { wrap, type TextSlice } from '../../rows.ts';
