// Asks the running server over the socket in its data directory.
import { createConnection, type Socket } from 'node:net';
import { err, ok, type Result } from '../../lib/result.ts';
import { systemCode, systemReason } from '../../lib/system-error.ts';
import { formatRequest, parseAnswer, type AdminRequest } from '../../server/admin/messages.ts';
import { adminSocketPath } from '../../server/admin/socket.ts';
import { systemFailure, type Failure } from '../failure.ts';

/** The server's answer to `request`, not yet decoded, or why there is none. */
export async function askServer(
  dataDirectory: string,
  request: AdminRequest,
): Promise<Result<unknown, Failure>> {
  const path = adminSocketPath(dataDirectory);
  let line: string;
  try {
    line = await converse(createConnection(path), formatRequest(request));
  } catch (error) {
    return err(unreachable(path, dataDirectory, error));
  }
  const answer = parseAnswer(line);
  if (answer === undefined) {
    return err(
      systemFailure(
        'the server has ended, or is of another version, before it answered',
        'Look with helo admin status what has become of it.',
      ),
    );
  }
  if (answer.ok) return ok(answer.value);
  return err(systemFailure(answer.refusal.message, answer.refusal.hint));
}

async function converse(socket: Socket, line: string): Promise<string> {
  let heard = '';
  socket.setEncoding('utf8');
  socket.write(`${line}\n`);
  for await (const text of socket) heard += String(text);
  return heard;
}

function unreachable(path: string, dataDirectory: string, error: unknown): Failure {
  const code = systemCode(error);
  if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTDIR') {
    const failure = systemFailure(
      `no server runs on the data directory ${dataDirectory}`,
      'Start it with helo serve, or name another directory with --data DIR.',
    );
    return { ...failure, isNoServer: true };
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return systemFailure(
      `the admin socket ${path} is for another user`,
      'Ask as the user that the server runs as.',
    );
  }
  return systemFailure(`the server cannot be asked at ${path}: ${systemReason(error)}`);
}
