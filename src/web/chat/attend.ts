// Tells the client that somebody is there, or that the network is back: a lost connection is tried again then.

/** For as long as the page lives. `attended` may be called often. */
export function watchAttention(attended: () => void): void {
  for (const event of ['online', 'focus', 'pageshow', 'keydown', 'input', 'pointerdown']) {
    window.addEventListener(event, attended, { passive: true });
  }
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') attended();
  });
}
