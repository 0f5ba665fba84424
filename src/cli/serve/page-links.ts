// Links to the page of a server, for this machine and for others, and what the people who open them will see.
import { X509Certificate } from 'node:crypto';
import { hostAndPort, isEveryAddress, isLoopback, reachableElsewhere } from './addresses.ts';

/** Where the TLS certificate comes from, which decides what a browser says of it. */
export type CertificateKind =
  { readonly is: 'own' } | { readonly is: 'given' | 'acme'; readonly name: string | undefined };

/** What of a server the links follow from. */
export interface PagePlaces {
  readonly web: { readonly host: string; readonly port: number } | undefined;
  readonly tls: { readonly host: string; readonly port: number } | undefined;
  readonly kind: CertificateKind;
  /** Addresses of this machine in its networks, likeliest first. */
  readonly lan: readonly string[];
}

export interface PageLinks {
  readonly here: readonly string[];
  readonly elsewhere: readonly string[];
  /** What a browser says to a link for others. */
  readonly remark: string;
}

const remarks: Readonly<Record<CertificateKind['is'], string>> = {
  own: 'It warns first, for the certificate is one that this server has made: go on to the site all the same.',
  given: 'Without a warning if it trusts the certificate, under a name that stands in that.',
  acme: 'Without a warning, as soon as the certificate is there.',
};

const httpsPort = 443;

export function pageLinks({ web, tls, kind, lan }: PagePlaces): PageLinks {
  const name = kind.is === 'own' ? undefined : kind.name;
  const https = (host: string, port: number) =>
    `https://${port === httpsPort ? host : hostAndPort(host, port)}/`;
  const ownTls = tls && https(isEveryAddress(tls.host) ? '127.0.0.1' : tls.host, tls.port);
  const here = web === undefined ? ownTls : `http://${hostAndPort(web.host, web.port)}/`;
  const hosts = tls === undefined || isLoopback(tls.host) ? [] : reachableElsewhere(tls.host, lan);
  const elsewhere = tls === undefined ? [] : hosts.map((host) => https(host, tls.port));
  return {
    here: here === undefined ? [] : [here],
    elsewhere:
      tls !== undefined && name !== undefined && hosts.length > 0
        ? [https(name, tls.port)]
        : elsewhere,
    remark: remarks[kind.is],
  };
}

/** The link that opens the page with a one-time code in it. A browser keeps what is behind the # to itself. */
export function inviteLink(link: string, code: string): string {
  return `${link}#invite=${encodeURIComponent(code)}`;
}

/** The first name of a host in a certificate. */
export function nameIn(pem: string): string | undefined {
  return /(?:^|, )DNS:([^,*]+)(?:,|$)/.exec(new X509Certificate(pem).subjectAltName ?? '')?.[1];
}
