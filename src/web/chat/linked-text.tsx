// A text in which links can be opened. The full address is visible: what is shown is where it goes.

import { linksIn } from '../../client/wording/links.ts';

export function LinkedText({ text }: { readonly text: string }) {
  const links = linksIn(text);
  if (links.length === 0) return <>{text}</>;
  const parts: preact.ComponentChild[] = [];
  let at = 0;
  for (const { start, end } of links) {
    const address = text.slice(start, end);
    parts.push(
      text.slice(at, start),
      <a key={start} href={address} target="_blank" rel="noopener noreferrer" dir="ltr">
        {address}
      </a>,
    );
    at = end;
  }
  parts.push(text.slice(at));
  return <>{parts}</>;
}
