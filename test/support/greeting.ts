/** The words for what a server can do, in its greeting: the one place in tests that names all. */
export const features =
  '[helo: files ehlo sealed devices rooms directory contents expiring signals roles kept-files blobs]';
