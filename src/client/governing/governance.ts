// Roles, bans and rules of groups, for an account [13.15]: asks the server about open groups, and has records signed for
// sealed ones. What a sealed group's rules are comes from its roster alone. Nothing of it is stored here.

import { err, ok, type Result } from '../../lib/result.ts';
import { groupConversation } from '../../wire/extended/names.ts';
import type { RequestInput } from '../../wire/extended/requests.ts';
import type { SignedRoster } from '../../wire/statements/roster.ts';
import type { RecordBody } from '../../wire/statements/roster-record.ts';
import {
  endedSanctions,
  namesOf,
  ownersOf,
  roleIn,
  rulesOf,
} from '../../wire/statements/roster-roles.ts';
import { mayDo } from '../../wire/groups/rights.ts';
import { parseGroupName, type GroupName } from '../../wire/text.ts';
import type { PendingRequests, RequestFailure } from '../pending-requests.ts';
import type { RandomBytes, Timers } from '../ports.ts';
import { recordFor } from './govern-record.ts';
import type { AboutPerson, GovernWish, GroupInfo, ListedGroup, SignedWish } from './govern-wish.ts';

/** After a login, and then in this time, ended bans and silences of sealed groups are lifted; up to twice as long, at random. */
const liftAfterMs = 60_000;

export interface GovernancePorts {
  readonly requests: () => PendingRequests | undefined;
  /** The root16 of this account. */
  readonly me: () => Promise<Uint8Array | undefined>;
  readonly isSealed: (group: GroupName) => boolean;
  /** Of a sealed group, when everything that has come is processed. */
  readonly roster: (group: GroupName) => Promise<SignedRoster | undefined>;
  readonly sign: (group: GroupName, body: RecordBody) => Promise<string | undefined>;
  /** The sealed groups that this account is in. */
  readonly sealedGroups: () => readonly GroupName[];
  readonly now: () => number;
  readonly timers: Timers;
  readonly random: RandomBytes;
}

const noConnection = 'groups have rules for accounts, while there is a connection';

export class Governance {
  readonly #ports: GovernancePorts;
  #cancelLifting: () => void = () => {};

  constructor(ports: GovernancePorts) {
    this.#ports = ports;
  }

  /** A login has begun: what has ended meanwhile is lifted, not by all who may at once. */
  begin(): void {
    this.#cancelLifting();
    const { timers, random } = this.#ports;
    const [part = 0] = random(1);
    const waitMs = liftAfterMs + Math.round((liftAfterMs * part) / 256);
    this.#cancelLifting = timers.after(waitMs, () => {
      this.begin();
      void this.lift();
    });
  }

  end(): void {
    this.#cancelLifting();
  }

  async info(group: GroupName): Promise<Result<GroupInfo, string>> {
    if (this.#ports.isSealed(group)) return this.#sealedInfo(group);
    const answer = await this.#ports.requests()?.asking('RULES', { in: groupConversation(group) });
    if (answer === undefined) return err(noConnection);
    if (!answer.ok) return err(inWords(answer.error));
    const { verb: _, label: _label, in: _in, ...rules } = answer.value;
    return ok({ ...rules, isSealed: false, knowsBans: rules.bans !== undefined });
  }

  /** Carries out a wish; or why not, in words. */
  async change(group: GroupName, wish: GovernWish): Promise<Result<undefined, string>> {
    const requests = this.#ports.requests();
    if (requests === undefined) return err(noConnection);
    const fields = this.#ports.isSealed(group)
      ? await this.#signed(group, wish)
      : ok(fieldsOf(wish));
    if (!fields.ok) return fields;
    const answer = await requests.asking('RULES', {
      in: groupConversation(group),
      ...fields.value,
    });
    return answer.ok ? ok(undefined) : err(inWords(answer.error));
  }

  /** All groups of the directory, or the first 1,000. */
  async groups(): Promise<Result<readonly ListedGroup[], string>> {
    const found: ListedGroup[] = [];
    let after: GroupName | undefined;
    while (found.length < 1000) {
      const answer = await this.#ports.requests()?.asking('GROUPS', { after });
      if (answer === undefined) return err(noConnection);
      if (!answer.ok) return err(inWords(answer.error));
      const { groups, more } = answer.value;
      for (const { in: name, members, sealed, topic } of groups) {
        found.push({ group: name.slice(1), members, isSealed: sealed === true, topic });
      }
      after = parseGroupName(found.at(-1)?.group ?? '');
      if (more !== true || groups.length === 0) break;
    }
    return ok(found);
  }

  /** Lifts what has ended in the sealed groups where this account may. Whoever is first does it for all. */
  async lift(): Promise<void> {
    const { requests, me, now, roster, sealedGroups } = this.#ports;
    const own = await me();
    for (const group of own === undefined ? [] : sealedGroups()) {
      const known = await roster(group);
      if (known === undefined || own === undefined || !mayDo(roleIn(known, own), 'unban')) continue;
      for (const { what, root16, name } of endedSanctions(known, now())) {
        const record = await this.#ports.sign(group, { kind: what, root16 });
        if (record === undefined) break;
        const fields = { ...fieldsOf({ what, user: name }), records: [record] };
        const answer = await requests()?.asking('RULES', {
          in: groupConversation(group),
          ...fields,
        });
        if (answer?.ok !== true) break;
      }
    }
  }

  async #signed(
    group: GroupName,
    wish: GovernWish,
  ): Promise<Result<Omit<RequestInput<'RULES'>, 'label' | 'in'>, string>> {
    const { me, roster, sign, now } = this.#ports;
    if ('text' in wish) {
      return err('a sealed group has no topic yet that only its members can read');
    }
    const [own, known] = [await me(), await roster(group)];
    if (own === undefined || known === undefined)
      return err('this device is not in that group yet');
    const body = recordFor(known, own, wish, now());
    if (!body.ok) return body;
    const record = await sign(group, body.value);
    return record === undefined
      ? err('this device is not in that group yet')
      : ok({ ...aboutOf(wish), records: [record] });
  }

  async #sealedInfo(group: GroupName): Promise<Result<GroupInfo, string>> {
    const known = await this.#ports.roster(group);
    if (known === undefined) return err('this device is not in that group yet');
    const { slow, announce, public: isPublic, moderators, silenced, bans } = rulesOf(known);
    const timed = new Set(bans.map(({ name }) => name));
    const others = known.out.filter(
      ({ name, why }) => why === 'banned' && name !== undefined && !timed.has(name),
    );
    return ok({
      isSealed: true,
      knowsBans: true,
      ...(slow > 0 && { slow }),
      ...(announce && { announce }),
      ...(isPublic && { public: isPublic }),
      owners: ownersOf(known).map(({ name }) => name),
      moderators: namesOf(known, moderators),
      silenced: silenced.map(({ name, until }) => ({ user: name, ...endOf(until) })),
      bans: [
        ...bans.map(({ name, until, reason, by }) => ({
          user: name,
          ...endOf(until),
          ...(reason !== 'none' && { reason }),
          by: namesOf(known, [by])[0],
        })),
        ...others.map(({ name = '' }) => ({ user: name })),
      ],
    });
  }
}

function endOf(until: number): { readonly until?: number } {
  return until === 0 ? {} : { until };
}

/** What the request says beside the record: the server goes by the record. */
function aboutOf(wish: SignedWish) {
  return fieldsOf(wish.what === 'ban' ? { what: 'ban', user: wish.user } : wish);
}

function fieldsOf(wish: GovernWish): Omit<RequestInput<'RULES'>, 'label' | 'in'> {
  switch (wish.what) {
    case 'topic':
      return { topic: wish.text };
    case 'description':
      return { description: wish.text };
    case 'slow':
      return { slow: wish.seconds };
    case 'announce':
      return { announce: wish.on };
    case 'public':
      return { public: wish.on };
    default:
      return { user: wish.user, ...aboutPerson(wish) };
  }
}

function aboutPerson(wish: AboutPerson) {
  switch (wish.what) {
    case 'role':
      return { role: wish.role };
    case 'ban':
      return { ban: true, seconds: wish.seconds, reason: wish.reason };
    case 'unban':
      return { ban: false };
    case 'silence':
      return { silence: true, seconds: wish.seconds };
    case 'unsilence':
      return { silence: false };
  }
}

function inWords(failure: RequestFailure): string {
  if (failure.code === 'gone') return 'the connection was lost: ask again';
  if (failure.code === 'unknown-request') return 'this server is too old for rules of groups';
  const { text, people } = failure;
  return people === undefined ? text : `${text}: ${people.join(', ')}`;
}
