// What is said of an earlier message, as bytes: its new text, that it is deleted, a reaction, or that it is pinned. One encoding for each;
// anything else is refused.
//   edit:   target (24) | mentions | text         as in said-content.ts
//   delete: target (24)
//   react:  target (24) | on (1) | emoji
//   pin:    target (24) | on (1)
import { concatBytes, decodeUtf8, encodeUtf8 } from '../../lib/bytes.ts';
import { unreachable } from '../../lib/invariant.ts';
import type { Expiring } from '../expiring/expiring-content.ts';
import { decodeMentioning, encodeMentioning, type MentioningText } from './said-content.ts';
import { decodeTarget, encodeTarget, targetBytes, type Target } from './target.ts';

interface Amending {
  readonly target: Target;
}

/** The message has this text from now on. */
export interface EditContent extends Amending, MentioningText, Expiring {
  readonly kind: 'edit';
}

/** The message is deleted for everybody. */
export interface DeletionContent extends Amending {
  readonly kind: 'delete';
}

export interface ReactionContent extends Amending {
  readonly kind: 'react';
  /** Otherwise an earlier one is taken back. */
  readonly isOn: boolean;
  /** One character as a person sees it. */
  readonly emoji: string;
}

/** The message is to be found easily by everybody there. */
export interface PinContent extends Amending {
  readonly kind: 'pin';
  /** Otherwise it is not pinned any more. */
  readonly isOn: boolean;
}

/** What a later message says of an earlier one. */
export type AmendmentContent = EditContent | DeletionContent | ReactionContent | PinContent;

export const maxEmojiBytes = 32;

export function encodeAmendment(content: AmendmentContent): Uint8Array {
  const target = encodeTarget(content.target);
  switch (content.kind) {
    case 'edit':
      return concatBytes(target, encodeMentioning(content));
    case 'delete':
      return target;
    case 'react':
      return concatBytes(target, Uint8Array.of(Number(content.isOn)), encodeUtf8(content.emoji));
    case 'pin':
      return concatBytes(target, Uint8Array.of(Number(content.isOn)));
    default:
      return unreachable(content);
  }
}

export function decodeAmendment(
  kind: AmendmentContent['kind'],
  bytes: Uint8Array,
): AmendmentContent | undefined {
  const target = decodeTarget(bytes);
  if (target === undefined) return undefined;
  const rest = bytes.subarray(targetBytes);
  switch (kind) {
    case 'edit': {
      const said = decodeMentioning(rest);
      return said && { kind, target, ...said };
    }
    case 'delete':
      return rest.length === 0 ? { kind, target } : undefined;
    case 'react': {
      const [on = 2] = rest;
      const emoji = decodeUtf8(rest.subarray(1));
      if (on > 1 || emoji === undefined || !isEmoji(emoji)) return undefined;
      return { kind, target, isOn: on === 1, emoji };
    }
    case 'pin': {
      const [on = 2] = rest;
      return on > 1 || rest.length > 1 ? undefined : { kind, target, isOn: on === 1 };
    }
    default:
      return unreachable(kind);
  }
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Z}]/u;

/** What was found of texts lately: the same few come again and again, and segmenting takes longer than all the rest. */
const judged = new Map<string, boolean>();
const maxJudged = 1_000;

/** Whether it can be a reaction: one character as a person sees it, which shows something. */
export function isEmoji(text: string): boolean {
  if (text.length > maxEmojiBytes) return false;
  const known = judged.get(text);
  if (known !== undefined) return known;
  if (judged.size >= maxJudged) judged.clear();
  const isOne = isOneShown(text);
  judged.set(text, isOne);
  return isOne;
}

function isOneShown(text: string): boolean {
  if (encodeUtf8(text).length > maxEmojiBytes) return false;
  // Joiners and tags are in many emoji, but none begins with one.
  const [first = '', ...others] = text;
  if (first === '' || hidden.test(first) || others.some((one) => /[\p{Cc}\p{Cs}\p{Z}]/u.test(one)))
    return false;
  const [one, second] = graphemes.segment(text);
  return one !== undefined && second === undefined;
}
