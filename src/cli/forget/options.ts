// The flags of `helo forget`, and the server.
import {
  addressForms,
  parseServerAddress,
  type ServerAddress,
} from '../../client/connection/server-address.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { chatFlags } from '../chat/options.ts';
import { quoted, usageFailure, type Failure } from '../failure.ts';
import { switchFlag } from '../flags/table.ts';

export const forgetFlags = {
  data: chatFlags.data,
  yes: switchFlag('forget without being asked'),
} as const;

/** The one server in `rest`, the arguments without flags and their values. */
export function oneServer(rest: readonly string[]): Result<ServerAddress, Failure> {
  const [text = '', surplus] = rest;
  if (text === '' || surplus !== undefined) {
    const found = surplus === undefined ? 'none is named' : `${quoted(surplus)} is one more`;
    return err(usageFailure(`forget takes one server, and ${found}`, 'Say helo forget ADDRESS.'));
  }
  const address = parseServerAddress(text);
  return address.ok
    ? ok(address.value)
    : err(
        usageFailure(`${quoted(text)} is no address: ${address.error}`, `Write ${addressForms}.`),
      );
}
