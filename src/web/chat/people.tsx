// The people of the open conversation, online ones first.

import { useEffect } from 'preact/hooks';
import type { RosterPerson } from '../../client/timeline/model.ts';
import type { Session } from './session.ts';

/** Nobody reads a longer list of names. */
const maxNamed = 200;

/** Beside the messages, where there is room. */
export function PeoplePane({ session }: { readonly session: Session }) {
  return (
    <section class="people" aria-label="People">
      <h2>People</h2>
      <PeopleNames session={session} />
    </section>
  );
}

export function PeopleNames({ session }: { readonly session: Session }) {
  session.watch();
  const id = session.focus.current.value;
  useEffect(() => void session.model.refreshPeople(), [id, session]);
  const people = session.model.people(id);
  const more = people.length - maxNamed;
  return (
    <>
      <ul class="people-names">
        {people.slice(0, maxNamed).map((person) => (
          <li key={person.name}>
            <PersonButton session={session} person={person} />
          </li>
        ))}
      </ul>
      {people.every(({ isMe }) => isMe) && <p class="dim">nobody else</p>}
      {more > 0 && <p class="dim">and {more} more</p>}
    </>
  );
}

export function PersonButton({
  session,
  person,
}: {
  readonly session: Session;
  readonly person: RosterPerson;
}) {
  const { name, isMe, isHere, isVerified, role } = person;
  const marks = [role, isMe && 'you', isVerified && '◆ verified', !isHere && !isMe && 'away'];
  const words = marks.filter(Boolean).join(', ');
  const content = (
    <>
      <span class={isHere ? 'sign good' : 'sign dim'} aria-hidden="true">
        {isHere ? '●' : '○'}
      </span>
      <bdi class="name">{name}</bdi>
      {words !== '' && <span class="marks">{words}</span>}
    </>
  );
  if (isMe) return <span class="person">{content}</span>;
  const write = (): void => {
    const id = session.model.withPerson(name);
    if (id !== undefined) session.go(id);
  };
  return (
    <button class="person" onClick={write}>
      {content}
      <span class="hidden">: write in private</span>
    </button>
  );
}
