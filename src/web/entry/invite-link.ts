// A link with a code: `#invite=CODE`. What follows the `#` never goes to a server.

/** The code of the link that was opened. It does not stay in the address bar, nor in the history of the browser. */
export function takeInvite(): string | undefined {
  const code = new URLSearchParams(location.hash.slice(1)).get('invite');
  if (code === null) return undefined;
  history.replaceState(null, '', location.pathname + location.search);
  return code === '' ? undefined : code;
}
