// Keeps the page in this browser, by its service worker, and asks the person before another one is taken. The old page
// goes on meanwhile. Owns the notice, which is no part of the chat: it has to work while that does not.

import type { KeeperAnswer, KeeperRequest } from './keeper-messages.ts';
import { trustedScript } from './trusted-script.ts';

const script = '/sw.js';
/** How often a page that stays open looks for another one, in milliseconds. */
const lookEveryMs = 60 * 60 * 1000;

/** Digests that the person did not want, until the page is loaded anew. */
const declined = new Set<string>();

/** Begins to keep the page. Where a browser keeps none, the page works without. */
export async function keepPage(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  try {
    await navigator.serviceWorker.register(trustedScript('helo', script), {
      updateViaCache: 'none',
    });
    await look();
    setInterval(() => void look(), lookEveryMs);
  } catch {
    // A private window, or no room: nothing is kept, and nothing is lost.
  }
}

async function look(): Promise<void> {
  const { current, offered } = await ask({ what: 'look' });
  if (current === undefined || offered === undefined || offered === current) return;
  if (!declined.has(offered)) showNotice(current, offered);
}

async function ask(request: KeeperRequest): Promise<KeeperAnswer> {
  const { active } = await navigator.serviceWorker.ready;
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', ({ data }: MessageEvent<KeeperAnswer>) => resolve(data), {
      once: true,
    });
    port1.start();
    active?.postMessage(request, [port2]);
  });
}

function showNotice(current: string, offered: string): void {
  document.getElementById('new-page')?.remove();
  const notice = document.createElement('aside');
  notice.id = 'new-page';
  notice.setAttribute('role', 'status');
  notice.append(
    paragraph('There is another page here than the one that you have. Yours goes on as it is.'),
    paragraph(`The new one has the digest ${offered}, yours ${current}.`),
    paragraph(
      'The code of a page sees everything that you write. Take the new one if you believe whoever gives it, or if a release of helo names its digest.',
    ),
    button('Take the new page', () => void take(offered)),
    button('Keep mine', () => {
      declined.add(offered);
      notice.remove();
    }),
  );
  document.body.append(notice);
}

async function take(digest: string): Promise<void> {
  const { taken } = await ask({ what: 'take', digest });
  if (taken === true) location.reload();
}

function paragraph(text: string): HTMLElement {
  const element = document.createElement('p');
  element.textContent = text;
  return element;
}

function button(text: string, act: () => void): HTMLElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.textContent = text;
  element.addEventListener('click', act);
  return element;
}
