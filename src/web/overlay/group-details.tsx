// A group in its dialogue: what it is about, its rules, who is in it and what each of them is, and as buttons what this
// person may do there.

import { useEffect, useState } from 'preact/hooks';
import type { GroupInfo } from '../../client/governing/govern-wish.ts';
import {
  choicesAbout,
  choicesAboutBanned,
  choicesOf,
  doAction,
  infoFrom,
  mayRule,
  type GroupChoice,
} from '../../client/governing/group-choices.ts';
import type { ConversationSummary, RosterPerson, Verdict } from '../../client/timeline/model.ts';
import { banLine, ruleLines } from '../../client/wording/govern-words.ts';
import { maxDescriptionLength, maxTopicLength } from '../../wire/groups/group-rules.ts';
import { PeopleNames, PersonButton } from '../chat/people.tsx';
import type { Session } from '../chat/session.ts';
import { Confirmed } from './confirmed.tsx';

interface GroupProps {
  readonly session: Session;
  readonly conversation: ConversationSummary;
}

/** Nobody reads a longer list of names. */
const maxNamed = 200;

export function GroupDetails({ session, conversation }: GroupProps) {
  session.watch();
  const { model } = session;
  const { id, name, isLeft, protection, rules } = conversation;
  const [info, setInfo] = useState<GroupInfo>();
  const people = model.people(id);
  const read = async (): Promise<void> => {
    const known = isLeft ? undefined : await model.groupInfo(name);
    if (known === undefined) setInfo(undefined);
    else setInfo(known.ok ? known.value : infoFrom(model.people(id), protection === 'sealed'));
  };
  useEffect(() => void read(), [name, isLeft, protection, rules]);
  const ask = async (done: Promise<Verdict>): Promise<void> => {
    await session.ask(done);
    await read();
  };
  if (isLeft) {
    return (
      <>
        <button class="main" onClick={() => void ask(model.joinGroup(name))}>
          Enter it again
        </button>
        <PeopleNames session={session} />
      </>
    );
  }
  const isAdmin = people.some((person) => person.isMe && person.role === 'owner');
  const act = ({ action }: GroupChoice): void => void ask(doAction(model, name, action));
  return (
    <>
      {info !== undefined && (
        <About
          session={session}
          info={info}
          save={(what, text) => ask(model.govern(name, { what, text }))}
        />
      )}
      <Inviting invite={(person) => void ask(model.invite(name, person))} />
      {info === undefined ? (
        <PeopleNames session={session} />
      ) : (
        <Members session={session} info={info} people={people} act={act} />
      )}
      {info !== undefined && <Rules info={info} me={model.me} act={act} />}
      <div class="actions">
        <Confirmed words="Leave" run={() => void ask(model.leaveGroup(name))} />
        {isAdmin && protection === 'open' && (
          <Confirmed words="Seal: there is no way back" run={() => void ask(model.seal(name))} />
        )}
        {isAdmin && (
          <Confirmed
            words="End the group for everybody"
            run={() => void ask(model.handOver(name, undefined))}
          />
        )}
      </div>
    </>
  );
}

interface AboutProps {
  readonly session: Session;
  readonly info: GroupInfo;
  readonly save: (what: 'topic' | 'description', text: string) => Promise<void>;
}

/** What it is about: to be read, or changed by whoever may. */
function About({ session, info, save }: AboutProps) {
  const { topic = '', description = '' } = info;
  if (!mayRule(info, session.model.me)) {
    return (
      <>
        {topic !== '' && (
          <p class="topic" dir="auto">
            {topic}
          </p>
        )}
        {description !== '' && <p dir="auto">{description}</p>}
      </>
    );
  }
  return (
    <>
      <Text label="Topic" text={topic} most={maxTopicLength} save={(text) => save('topic', text)} />
      <Text
        label="Description"
        text={description}
        most={maxDescriptionLength}
        save={(text) => save('description', text)}
      />
    </>
  );
}

interface TextProps {
  readonly label: string;
  readonly text: string;
  readonly most: number;
  readonly save: (text: string) => Promise<void>;
}

/** While nobody types in it, it follows what others set. */
function Text({ label, text, most, save }: TextProps) {
  const [typed, setTyped] = useState<string>();
  const value = typed ?? text;
  const id = `group-${label}`;
  return (
    <form
      class="actions"
      onSubmit={(event) => {
        event.preventDefault();
        void save(value.trim()).then(() => setTyped(undefined));
      }}
    >
      <label for={id}>{label}</label>
      <input
        id={id}
        dir="auto"
        autocomplete="off"
        maxLength={most}
        value={value}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <button disabled={value.trim() === text} aria-label={`Set the ${label.toLowerCase()}`}>
        Set
      </button>
    </form>
  );
}

function Inviting({ invite }: { readonly invite: (person: string) => void }) {
  const [who, setWho] = useState('');
  const person = who.trim().replace(/^@/, '');
  return (
    <form
      class="actions"
      onSubmit={(event) => {
        event.preventDefault();
        invite(person);
        setWho('');
      }}
    >
      <label for="group-who">Somebody</label>
      <input
        id="group-who"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        value={who}
        onInput={(event) => setWho(event.currentTarget.value)}
      />
      <button disabled={person === ''}>Invite</button>
    </form>
  );
}

interface ActProps {
  readonly info: GroupInfo;
  readonly act: (choice: GroupChoice) => void;
}

interface MembersProps extends ActProps {
  readonly session: Session;
  readonly people: readonly RosterPerson[];
}

function Members({ session, info, people, act }: MembersProps) {
  const { me } = session.model;
  const more = people.length - maxNamed;
  const isQuiet = (name: string): boolean =>
    info.silenced?.some((one) => one.user === name) === true;
  return (
    <section aria-label="Members">
      <h3>Members</h3>
      <ul class="people-names">
        {people.slice(0, maxNamed).map((person) => (
          <li key={person.name}>
            <PersonButton session={session} person={person} />
            {isQuiet(person.name) && <p class="dim">silenced</p>}
            <Choices
              words={`What you can do about ${person.name}`}
              choices={choicesAbout(info, me, person.name)}
              act={act}
            />
          </li>
        ))}
      </ul>
      {more > 0 && <p class="dim">and {more} more</p>}
    </section>
  );
}

interface ChoicesProps {
  readonly words: string;
  readonly choices: readonly GroupChoice[];
  readonly act: (choice: GroupChoice) => void;
}

/** Behind a button, because most lists of people are read. */
function Choices({ words, choices, act }: ChoicesProps) {
  if (choices.length === 0) return null;
  return (
    <details class="about-member">
      <summary>{words}</summary>
      <ChoiceButtons choices={choices} act={act} />
    </details>
  );
}

function ChoiceButtons({ choices, act }: Omit<ChoicesProps, 'words'>) {
  return (
    <div class="actions">
      {choices.map((choice) =>
        choice.isHard === true ? (
          <Confirmed key={choice.words} words={choice.words} run={() => act(choice)} />
        ) : (
          <button key={choice.words} onClick={() => act(choice)}>
            {choice.words}
          </button>
        ),
      )}
    </div>
  );
}

/** How the group is written in, and who was put out. */
function Rules({ info, me, act }: ActProps & { readonly me: string }) {
  const bans = info.knowsBans ? (info.bans ?? []) : [];
  const lines = ruleLines(info);
  return (
    <section aria-label="Rules">
      <h3>Rules</h3>
      {lines.length === 0 ? (
        <p class="dim">Everybody in it writes.</p>
      ) : (
        lines.map((line) => <p key={line}>{line}</p>)
      )}
      <ChoiceButtons choices={choicesOf(info, me)} act={act} />
      {bans.length > 0 && (
        <>
          <h3>Banned</h3>
          <ul class="people-names">
            {bans.map((ban) => (
              <li key={ban.user}>
                <span dir="auto">{banLine(ban)}</span>
                <ChoiceButtons choices={choicesAboutBanned(info, me, ban.user)} act={act} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
