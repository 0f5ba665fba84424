// Loaded into each test file's program: whatever ends with a failure writes the file's path to HELO_FAILING_FILES, a
// line each. A reporter cannot tell it: a test that a helper defined is reported under the helper's path.
import { appendFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const list = process.env.HELO_FAILING_FILES;
delete process.env.HELO_FAILING_FILES;
if (list !== undefined && isMainThread && process.env.NODE_TEST_CONTEXT !== undefined)
  process.on('exit', (code) => {
    if (code !== 0) appendFileSync(list, `${process.argv[1]}\n`);
  });
