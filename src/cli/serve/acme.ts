// The certificate that `helo serve --acme-host` gets: which file it is read from, and its renewal beside the server.
import { err, ok, type Result } from '../../lib/result.ts';
import { systemReason } from '../../lib/system-error.ts';
import { systemClock } from '../../server/clock.ts';
import type { Logger } from '../../server/log.ts';
import type { RunningServer } from '../../server/server.ts';
import { HttpChallenges } from '../../server/tls/acme/challenges.ts';
import { AcmeFiles } from '../../server/tls/acme/files.ts';
import { orderCertificate, type ChallengePlace } from '../../server/tls/acme/order.ts';
import { Renewal } from '../../server/tls/acme/renewal.ts';
import { readCertificate, type Certificate } from '../../server/tls/certificate.ts';
import { systemFailure, type Failure } from '../failure.ts';
import { hostAndPort } from './addresses.ts';
import type { ServeOptions } from './options.ts';

/** The one that is stored. Undefined if none is wanted, is there, or can be used. */
export async function acmeCertificate({
  'acme-host': name,
  data,
}: ServeOptions): Promise<Certificate | undefined> {
  if (name === undefined) return undefined;
  const file = new AcmeFiles(data).certificateOf(name);
  const certificate = await readCertificate({ certFile: file, keyFile: file });
  return certificate.ok ? certificate.value : undefined;
}

export interface RunningAcme {
  close(): void;
}

/** Gets a certificate and renews it as long as the server runs. `tell` prints a line for the operator. */
export async function runAcme(
  server: RunningServer,
  options: ServeOptions,
  log: Logger,
  tell: (line: string) => void,
): Promise<Result<RunningAcme, Failure>> {
  const name = options['acme-host'];
  const { challenges } = server;
  if (name === undefined || challenges === undefined) return ok({ close() {} });
  const http = await listenForChallenges(options);
  if (!http.ok) return http;
  const answers = http.value;
  const place: ChallengePlace =
    answers === undefined
      ? { type: 'tls-alpn-01', listener: challenges }
      : { type: 'http-01', answers };
  if (answers !== undefined) tell(`ACME looks for ${name} at port ${answers.port}.`);
  const files = new AcmeFiles(options.data);
  const about = { name, directory: options['acme-directory'], mail: options['acme-mail'] };
  const renewal = new Renewal({
    read: () => acmeCertificate(options),
    order: () => orderCertificate(about, place, files),
    use(certificate) {
      server.reloadTls(certificate);
      const until = certificate.validTo.toISOString().slice(0, 10);
      tell(`The certificate of ${name} is in use, until ${until} at the longest.`);
    },
    now: () => Date.now(),
    after: (ms, callback) => systemClock.after(ms, callback),
    log,
  });
  void renewal.start();
  return ok({
    close() {
      renewal.stop();
      answers?.close();
    },
  });
}

async function listenForChallenges(
  options: ServeOptions,
): Promise<Result<HttpChallenges | undefined, Failure>> {
  const port = options['acme-http-port'];
  if (port === undefined) return ok(undefined);
  const answers = new HttpChallenges();
  try {
    await answers.listen(options['tls-host'], port);
    return ok(answers);
  } catch (error) {
    const place = hostAndPort(options['tls-host'] ?? '::', port);
    return err(
      systemFailure(
        `cannot listen on ${place}: ${systemReason(error)}`,
        'An authority looks at port 80: forward it to another one with --acme-http-port, or leave this away.',
      ),
    );
  }
}
