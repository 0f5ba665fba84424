// The conversations, with what is unread in each.

import { callsIn } from '../../client/timeline/attention.ts';
import type { ConversationSummary } from '../../client/timeline/model.ts';
import { conversationSign } from '../../client/wording/protection-words.ts';
import type { Session } from './session.ts';

const kindWords = { lobby: 'everybody', group: 'group', person: 'person' } as const;

export function ConversationList({ session }: { readonly session: Session }) {
  session.watch();
  const open = session.focus.current.value;
  return (
    <nav class="list" aria-label="Conversations">
      <div class="list-head">
        <bdi class="me">{session.model.me}</bdi>
        {session.model.quietUntil !== undefined && (
          <span class="dim" title="Do not disturb">
            <span aria-hidden="true">☾</span>
            <span class="hidden">do not disturb</span>
          </span>
        )}
        <button onClick={() => (session.overlay.value = { kind: 'settings' })}>Settings</button>
      </div>
      <ul>
        {session.model.conversations.map((conversation) => (
          <li key={conversation.id}>
            <ConversationButton
              conversation={conversation}
              isOpen={conversation.id === open}
              hasDraft={conversation.id !== open && session.drafts.of(conversation.id).text !== ''}
              go={() => session.go(conversation.id)}
            />
          </li>
        ))}
      </ul>
      <div class="list-foot">
        <button onClick={() => (session.overlay.value = { kind: 'go' })}>Write or join …</button>
        <button
          onClick={() => (session.overlay.value = { kind: 'help' })}
          aria-label="Keys and commands"
        >
          ?
        </button>
      </div>
    </nav>
  );
}

interface ConversationButtonProps {
  readonly conversation: ConversationSummary;
  readonly isOpen: boolean;
  readonly hasDraft: boolean;
  readonly go: () => void;
}

function ConversationButton({ conversation, isOpen, hasDraft, go }: ConversationButtonProps) {
  const {
    kind,
    name,
    unread,
    mentions,
    isHere,
    isLeft,
    protection,
    quietMark: quiet = '',
  } = conversation;
  const isDim = isLeft || (kind === 'person' && isHere === false);
  return (
    <button
      class={`place${callsIn(conversation) > 0 ? ' unread' : ''}${isDim ? ' dim' : ''}`}
      aria-current={isOpen ? 'true' : undefined}
      onClick={go}
    >
      <span class="sign" aria-hidden="true">
        {conversationSign(conversation)}
      </span>
      <bdi class="name">{name}</bdi>
      <span class="hidden">
        {kindWords[kind]}
        {kind === 'person' && isHere !== undefined && (isHere ? ', here' : ', away')}
        {protection === 'sealed' && ', sealed'}
        {quiet !== '' && `, ${quiet}`}
      </span>
      {quiet !== '' && (
        <span class="dim" aria-hidden="true">
          ~
        </span>
      )}
      {protection === 'changed' && (
        <span class="warning">
          !<span class="hidden"> key changed</span>
        </span>
      )}
      {hasDraft && (
        <span class="draft">
          <span aria-hidden="true">✎</span>
          <span class="hidden"> something is typed there</span>
        </span>
      )}
      {unread > 0 && (
        <span class={callsIn(conversation) > 0 ? 'count' : 'count quiet'}>
          {mentions > 0 && '@'}
          {unread > 999 ? '999+' : unread}
          <span class="hidden"> unread{mentions > 0 && `, ${mentions} name you`}</span>
        </span>
      )}
    </button>
  );
}
