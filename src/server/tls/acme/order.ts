// One order of a certificate from an ACME authority [RFC 8555]: account, challenge, certificate. The protocol is
// acme-client's; owned here are which challenge is answered how, and what is kept.
import type { Authorization } from 'acme-client';
import type { AcmeFiles } from './files.ts';
import type { ChallengeListener, HttpChallenges } from './challenges.ts';

export interface AcmeSettings {
  /** The name that the certificate is for, and that leads to this server. */
  readonly name: string;
  /** Where the authority's directory is. */
  readonly directory: string;
  /** Where the authority may write to, if the operator wants it. */
  readonly mail: string | undefined;
}

/** Where the authority finds the answer: on the TLS port, or on a port for HTTP. */
export type ChallengePlace =
  | { readonly type: 'tls-alpn-01'; readonly listener: ChallengeListener }
  | { readonly type: 'http-01'; readonly answers: HttpChallenges };

const requestTimeoutMs = 30_000;
/** Of one answer of the authority. */
const maxAnswerBytes = 1024 * 1024;

/** Gets a certificate and stores it. Rejects with the authority's, the network's or the disk's error. */
export async function orderCertificate(
  { name, directory, mail }: AcmeSettings,
  place: ChallengePlace,
  files: AcmeFiles,
): Promise<void> {
  // Loaded only here: no server needs it that has its certificate from elsewhere.
  const { Client, axios, crypto } = await import('acme-client');
  axios.defaults.timeout = requestTimeoutMs;
  axios.defaults.maxContentLength = maxAnswerBytes;
  // Whoever ordered tries again, later and later.
  Object.assign(axios.defaults, { acmeSettings: { retryMaxAttempts: 1, retryDefaultDelay: 1 } });
  const client = new Client({
    directoryUrl: directory,
    accountKey: Buffer.from(await files.accountKey(() => crypto.createPrivateEcdsaKey())),
    backoffMin: 1000,
  });
  const show = async (about: Authorization, token: string, answer: string): Promise<void> => {
    if (place.type === 'http-01') {
      place.answers.show(token, answer);
      return;
    }
    const [key, cert] = await crypto.createAlpnCertificate(about, answer);
    place.listener.showChallenge({ cert: String(cert), key: String(key) });
  };
  const hide = (): void => {
    if (place.type === 'http-01') place.answers.hide();
    else place.listener.showChallenge(undefined);
  };
  const [key, csr] = await crypto.createCsr(
    { commonName: name, altNames: [name] },
    await crypto.createPrivateEcdsaKey(),
  );
  const chain = await client.auto({
    csr,
    ...(mail !== undefined && { email: mail }),
    // The server does not start with ACME before the operator has agreed.
    termsOfServiceAgreed: true,
    // The name may lead here from outside only.
    skipChallengeVerification: true,
    challengePriority: [place.type],
    async challengeCreateFn(about, challenge, answer) {
      if (challenge.type !== place.type) {
        throw new Error(`the authority does not offer the challenge ${place.type}`);
      }
      await show(about, challenge.token, answer);
    },
    challengeRemoveFn: () => Promise.resolve(hide()),
  });
  await files.storeCertificate(name, chain, key);
}
