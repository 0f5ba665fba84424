// A line of the extended protocol -> a request whose texts are binary strings, as everywhere inside the server; or the
// refusal of an invalid line.

import { splitWord, type LineText } from '../../wire/text.ts';
import { maxLabelLength } from '../../wire/extended/fields.ts';
import { parseMessageId } from '../../wire/extended/names.ts';
import { parseRequest, type Request, type RequestVerb } from '../../wire/extended/requests.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { binaryFromText } from '../binary-string.ts';

/** What could be read of an invalid request, so that its sender can tell which one it was. */
export interface Unreadable {
  readonly label: string | undefined;
  readonly id: string | undefined;
}

/** Reads a line that begins with `verb`, decoded as UTF-8. */
export function readRequest(verb: RequestVerb, text: string): Result<Request, Unreadable> {
  const request = parseRequest(verb, text);
  return request === undefined ? err(readRemains(text)) : ok(inBinary(request));
}

/** Labels and texts may contain any characters; everything else is ASCII. Nearly always they are ASCII too. */
function inBinary(request: Request): Request {
  if (request.verb === 'EHLO' || request.verb === 'PROVE') return request;
  const label = request.label === undefined ? undefined : binaryFromText(request.label);
  if (request.verb !== 'SEND' || request.text === undefined) {
    return label === request.label ? request : { ...request, label };
  }
  // In UTF-8, no byte of a non-ASCII character is CR, LF or NUL.
  const text = binaryFromText(request.text) as LineText;
  return text === request.text && label === request.label ? request : { ...request, label, text };
}

/** The label and the id in a line, if it is JSON and has them. */
export function readRemains(text: string): Unreadable {
  const { label, id } = objectOf(splitWord(text)[1]);
  const hasLabel = typeof label === 'string' && label.length <= maxLabelLength;
  const hasId = typeof id === 'string' && parseMessageId(id) !== undefined;
  return { label: hasLabel ? binaryFromText(label) : undefined, id: hasId ? id : undefined };
}

function objectOf(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    // JSON.parse throws only for malformed input.
    return {};
  }
}
