// A link to a message, as text: which server it is at, its number, and a digest that says which conversation and which
// message are meant. It reveals nothing of these to whoever has neither: the id of a sealed message is random and known
// to those alone who have it. In a page it is behind the `#`, which no browser sends to a server.
//   helo:SERVER/NUMBER/DIGEST        https://chat.example.org/#m=SERVER/NUMBER/DIGEST
import { encodeBase64url } from '../../lib/base64url.ts';
import { encodeUtf8, formatHex } from '../../lib/bytes.ts';
import type { ConversationName } from '../../wire/extended/names.ts';
import type { HashSha256 } from '../ports.ts';

export interface Permalink {
  /** The first bytes of the server's identity, in base64url. */
  readonly server: string;
  /** The number in the conversation's log. */
  readonly seq: number;
  /** In base64url. */
  readonly digest: string;
}

const serverBytes = 6;
const digestBytes = 16;
const form =
  /^(?:helo:|https?:\/\/[^\s#]{1,2048}#m=|#?m=)([\w-]{8})\/([1-9]\d{0,15})\/([\w-]{22})$/;

export function formatPermalink({ server, seq, digest }: Permalink): string {
  return `helo:${server}/${seq}/${digest}`;
}

/** The link for the page at `page`, which is its address without what is behind the `#`. */
export function permalinkAt(page: string, link: string): string {
  return `${page}#m=${link.slice('helo:'.length)}`;
}

/** Whether it is meant as a link, whatever is wrong with it. */
export function looksLikeLink(text: string): boolean {
  return /^(?:helo:|https?:\/\/|#?m=)/.test(text);
}

/** The link that `text` is, in any of its forms; also what stands behind the `#` of a page. */
export function parsePermalink(text: string): Permalink | undefined {
  const [, server = '', digits = '', digest = ''] = form.exec(text.trim()) ?? [];
  const seq = Number(digits);
  return digest === '' || !Number.isSafeInteger(seq) ? undefined : { server, seq, digest };
}

/** What is linked. */
export interface Linked {
  readonly identity: Uint8Array;
  readonly conversation: ConversationName;
  readonly seq: number;
  /** By which others know it (amending/target.ts). */
  readonly id: string;
}

export async function permalinkTo(
  sha256: HashSha256,
  { identity, conversation, seq, id }: Linked,
): Promise<Permalink> {
  // No part can hold a line break, so no two things give the same bytes.
  const bytes = encodeUtf8(
    ['helo link 1', formatHex(identity), conversation, String(seq), id].join('\n'),
  );
  const digest = encodeBase64url((await sha256(bytes)).subarray(0, digestBytes));
  return { server: serverOf(identity), seq, digest };
}

/** The part of a link that names the server. */
export function serverOf(identity: Uint8Array): string {
  return encodeBase64url(identity.subarray(0, serverBytes));
}
