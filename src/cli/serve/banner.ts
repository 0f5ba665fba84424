// What `helo serve` prints once it listens: where, and how to join from here, from elsewhere and by hand. Tests and
// scripts read the ports from the lines ` plain text HOST:PORT`, ` TLS HOST:PORT`, ` web page HOST:PORT` and ` metrics
// HOST:PORT`, and take the line that begins with `Stop` for the end: do not change these.
import { encodeBase64url } from '../../lib/base64url.ts';
import { hostAndPort, isEveryAddress, isLoopback, reachableElsewhere } from './addresses.ts';
import { inviteLink, type PageLinks } from './page-links.ts';

export interface ShownListener {
  readonly host: string;
  readonly port: number;
}

export interface Listening {
  readonly version: string;
  /** The words that start the program: `helo`, `npx helo`, `node PATH`. */
  readonly program: string;
  readonly plain: ShownListener | undefined;
  /** With the fingerprint of the certificate, and the identity key, which stays when the certificate is renewed. */
  readonly tls:
    | (ShownListener & { readonly fingerprint: Uint8Array; readonly identity: Uint8Array })
    | undefined;
  /** Where HTTP is served, to this machine. Undefined for nowhere. */
  readonly web?: ShownListener | undefined;
  /** Links to the page. Undefined if browsers get none. */
  readonly page?: PageLinks | undefined;
  /** The listener for metrics. Undefined if there is none. */
  readonly metrics?: ShownListener | undefined;
  /** A one-time code for the first account, if accounts from elsewhere need one. Undefined otherwise. */
  readonly invite?: string | undefined;
  /** Addresses of this machine in its networks, likeliest first. */
  readonly lan: readonly string[];
}

/** How a terminal shows text. */
export interface BannerLook {
  /** Emphasises it, if the terminal can. */
  readonly strong: (text: string) => string;
  /** A QR code of it with its line ends, or nothing. */
  readonly picture: (link: string) => string;
}

/** The text, with a line end. */
export function banner(at: Listening, { strong, picture }: BannerLook): string {
  return [
    strong(`helo ${at.version} listens on`),
    ...places(at, strong),
    '',
    ...browsers(at),
    ...ways(at),
    ...certificate(at),
    ...firstInvite(at),
    ...pictured(at, picture),
    'Stop with Ctrl-C.',
    '',
  ].join('\n');
}

function places(
  { plain, tls, web, metrics }: Listening,
  strong: (text: string) => string,
): string[] {
  const rows: [string, string, string][] = [];
  if (plain !== undefined) {
    const remark = isLoopback(plain.host)
      ? 'this machine only'
      : 'NOT ENCRYPTED on the way: others on the network can read what is not private';
    rows.push(['plain text', hostAndPort(plain.host, plain.port), remark]);
  }
  if (tls !== undefined) {
    const remark = isLoopback(tls.host) ? 'this machine only' : 'encrypted';
    rows.push(['TLS', hostAndPort(tls.host, tls.port), remark]);
  }
  if (web !== undefined) {
    rows.push(['web page', hostAndPort(web.host, web.port), 'this machine only']);
  }
  if (metrics !== undefined) {
    rows.push(['metrics', hostAndPort(metrics.host, metrics.port), 'HTTP, /metrics and /healthz']);
  }
  const width = Math.max(...rows.map(([, place]) => place.length));
  return rows.map(([kind, place, remark]) => {
    const padding = ' '.repeat(width - place.length);
    return `  ${kind.padEnd('plain text'.length)}  ${strong(place)}${padding}  ${remark}`;
  });
}

/**
 * Addresses for people who want to join: those that work from elsewhere if there are any, otherwise those for this
 * machine.
 */
export function addressesToGive(at: Listening): string[] {
  const elsewhere = fromElsewhere(at);
  return elsewhere.length > 0 ? elsewhere : fromHere(at);
}

function browsers({ page }: Listening): string[] {
  if (page === undefined) return [];
  const { here, elsewhere, remark } = page;
  const indented = (links: readonly string[]) => links.map((link) => `  ${link}`);
  return [
    ...(here.length === 0 ? [] : ['Open in a browser on this machine:', ...indented(here)]),
    ...(elsewhere.length === 0
      ? []
      : ['Open in a browser on another one:', ...indented(elsewhere), remark]),
    '',
  ];
}

function ways(at: Listening): string[] {
  const lines = ['Join from this machine:', ...chat(at.program, fromHere(at))];
  const elsewhere = fromElsewhere(at);
  // A path to the program works on this machine only.
  const there = at.program.startsWith('node ') ? 'helo' : at.program;
  if (elsewhere.length > 0) lines.push('Join from another one:', ...chat(there, elsewhere));
  if (at.plain !== undefined) {
    const { host, port } = reachableHere(at.plain);
    lines.push('With nothing but netcat:', `  nc ${host} ${port}    then type  HELO name`);
  }
  return lines;
}

function chat(program: string, servers: readonly string[]): string[] {
  // Some shells treat bare brackets as a pattern of file names.
  const typed = (server: string) => (server.includes('[') ? `'${server}'` : server);
  return servers.map((server) => `  ${program} chat --server ${typed(server)} --name NAME`);
}

function fromHere({ plain, tls }: Listening): string[] {
  if (plain !== undefined) {
    const { host, port } = reachableHere(plain);
    return [hostAndPort(host, port)];
  }
  return tls === undefined ? [] : [pinned(reachableHere(tls).host, tls)];
}

function fromElsewhere({ plain, tls, lan }: Listening): string[] {
  const hosts = (host: string) => reachableElsewhere(host, lan);
  if (tls !== undefined && !isLoopback(tls.host)) {
    return hosts(tls.host).map((host) => pinned(host, tls));
  }
  if (plain !== undefined && !isLoopback(plain.host)) {
    return hosts(plain.host).map((host) => hostAndPort(host, plain.port));
  }
  return [];
}

// With the identity in it, the address proves the server from the first connection on, whatever its certificate.
function pinned(host: string, { port, identity }: NonNullable<Listening['tls']>): string {
  return `tls://${hostAndPort(host, port)}#${encodeBase64url(identity)}`;
}

function firstInvite({ invite, page }: Listening): string[] {
  if (invite === undefined) return [];
  const links = page?.elsewhere.map((link) => `  ${inviteLink(link, invite)}`) ?? [];
  return [
    'From another machine an account is made with a one-time code. The first, good for a week:',
    `  ${invite}`,
    ...(links.length === 0 ? [] : ['The same in a link for a browser:', ...links]),
    '',
  ];
}

/** The link for a telephone: with the code if there is one. */
function pictured({ invite, page }: Listening, picture: BannerLook['picture']): string[] {
  const [link] = page?.elsewhere ?? [];
  if (link === undefined) return [];
  const drawn = picture(invite === undefined ? link : inviteLink(link, invite));
  return drawn === '' ? [] : ['That link for the camera of a telephone:', drawn];
}

function reachableHere({ host, port }: ShownListener): ShownListener {
  return { host: isEveryAddress(host) ? '127.0.0.1' : host, port };
}

function certificate({ tls }: Listening): string[] {
  if (tls === undefined) return [''];
  const hex = Array.from(tls.fingerprint, (byte) =>
    byte.toString(16).padStart(2, '0').toUpperCase(),
  );
  return [
    '',
    'The part after # is the identity of this server, which stays when the certificate is renewed.',
    'Certificate, SHA-256:',
    `  ${hex.join(':')}`,
    '',
  ];
}
