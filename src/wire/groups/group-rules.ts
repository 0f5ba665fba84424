// The rules of a group as the server tells them and as it stores those of open ones: topic, roles, bans, silenced members,
// slow mode, announcements, listing [13.15]. Owns their form and limits. Pure.

import * as v from 'valibot';
import { parseUsername } from '../text.ts';
import { roles } from './rights.ts';

/** The longest topic and description, in characters. */
export const maxTopicLength = 200;
export const maxDescriptionLength = 1000;
/** The longest reason of a ban in an open group, in characters. */
export const maxReasonLength = 200;
/** The longest slow mode, in seconds: six hours. */
export const maxSlowSeconds = 21_600;
/** The longest ban or silence that ends, in seconds: ten years. */
export const maxSanctionSeconds = 315_360_000;
/** The most owners and moderators of a group, together. */
export const maxRoleHolders = 32;
/** The most silenced members of a group, and the most bans of an open one that have an end or a reason. */
export const maxSanctions = 200;

const controls = /[\p{Cc}\u2028\u2029]/u;

function shortText(max: number) {
  return v.pipe(
    v.string(),
    v.maxLength(max),
    v.check((text) => !controls.test(text)),
  );
}

/** Of a user. Not branded: declarations could not name the types that come of it. */
const name: v.GenericSchema<unknown, string> = v.pipe(
  v.string(),
  v.check((text) => parseUsername(text) !== undefined),
);
const names = v.pipe(v.array(name), v.maxLength(maxRoleHolders), v.readonly());
const time = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const seconds = (max: number) =>
  v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(max));

export const topicText = shortText(maxTopicLength);
export const descriptionText = shortText(maxDescriptionLength);
export const reasonText = shortText(maxReasonLength);
export const roleWord = v.picklist(roles);
export const slowSeconds = seconds(maxSlowSeconds);
export const sanctionSeconds = seconds(maxSanctionSeconds);

/** A ban or a silence: until when, in milliseconds since 1970; absent for ever. */
const sanction = { user: name, until: v.optional(time) };
const ban = v.object({ ...sanction, by: v.optional(name), reason: v.optional(reasonText) });

/** Of an open group, as WELCOME and JOINED tell it: its topic, and who is more than a member beside the admin. */
export const groupHead = {
  topic: v.optional(topicText),
  owners: v.optional(names),
  moderators: v.optional(names),
};

export const groupRules = v.object({
  ...groupHead,
  description: v.optional(descriptionText),
  /** So many seconds lie between two messages of a member. */
  slow: v.optional(slowSeconds),
  /** Only owners and moderators write. */
  announce: v.optional(v.literal(true)),
  /** It stands in the directory of groups. */
  public: v.optional(v.literal(true)),
  silenced: v.optional(
    v.pipe(v.array(v.object(sanction)), v.maxLength(maxSanctions), v.readonly()),
  ),
  /** Those with an end or a reason; the others are names on the group's ban list. */
  bans: v.optional(v.pipe(v.array(ban), v.readonly())),
});

export type GroupRules = Readonly<v.InferOutput<typeof groupRules>>;
export type GroupBan = Readonly<v.InferOutput<typeof ban>>;
export type Silence = NonNullable<GroupRules['silenced']>[number];

/** Whether a silence or a ban holds at a moment. */
export function holdsAt({ until }: { readonly until?: number | undefined }, at: number): boolean {
  return until === undefined || until > at;
}
