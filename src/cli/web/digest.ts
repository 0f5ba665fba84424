// `helo web --digest`: what the page of this installation is, to be compared with what a release says, or with what a
// server gave to a browser.
import { err, ok, type Result } from '../../lib/result.ts';
import { readPage } from '../../server/web/page.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { systemFailure, type Failure } from '../failure.ts';
import { digestList, digestOf, pageFolder } from './page-folder.ts';

/** Writes a line for every file, and for the list of these lines: that is the digest of the page. */
export async function tellDigest(): Promise<Result<ExitCode, Failure>> {
  const page = await readPage(pageFolder);
  if (!page.has('/')) return err(noPage);
  const { list, whole } = digestOf(page);
  process.stdout.write(`${list}${whole}  ${digestList}\n`);
  const [built] =
    page.get(`/${digestList}`)?.bodies.filter(({ coding }) => coding === 'identity') ?? [];
  if (built?.bytes.toString() === list) return ok(exitCodes.ok);
  return err(
    systemFailure(
      'the page of this installation is not as it was built',
      `Its files are not those of its ${digestList}. Install helo again.`,
    ),
  );
}

export const noPage = systemFailure(
  'there is no web page in this installation',
  'In a clone, npm run build makes it.',
);
