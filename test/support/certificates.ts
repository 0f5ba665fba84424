// Certificates as an authority issues them to an operator, for tests.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export interface IssuedFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Writes NAME.crt and NAME.key into `folder`, valid for the days between `from` and `to`, and for 127.0.0.1. */
export async function issueCertificate(
  folder: string,
  name: string,
  { from = new Date(Date.now() - 86_400_000), to = new Date(Date.now() + 86_400_000) } = {},
): Promise<IssuedFiles> {
  const files = { certFile: join(folder, `${name}.crt`), keyFile: join(folder, `${name}.key`) };
  const pems = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: from,
    notAfterDate: to,
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  await writeFile(files.certFile, pems.cert);
  await writeFile(files.keyFile, pems.private);
  return files;
}
