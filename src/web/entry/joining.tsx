// This browser becomes a device of an account that has others. Shows the code and the digits, until it is one.

import { signal } from '@preact/signals';
import { serverKeyOf, type ServerAddress } from '../../client/connection/server-address.ts';
import { Joining, type JoiningStage } from '../../client/linking/joining.ts';
import { joiningWords } from '../../client/wording/joining-words.ts';
import { invariant } from '../../lib/invariant.ts';
import type { AccountPlace } from '../../platform/browser/account-place.ts';
import { accountPorts } from '../../platform/browser/client-ports.ts';
import type { Username } from '../../wire/text.ts';
import { capital } from '../chat/close-words.ts';
import { JoiningView } from './joining-view.tsx';

export interface JoinWishes {
  readonly name: Username;
  readonly address: ServerAddress;
  readonly place: AccountPlace;
  /** It is one. */
  readonly joined: () => void;
  /** It is none, and why. */
  readonly refused: (why: string) => void;
}

/** The view of it. Rejects with an error for people. */
export async function join(wishes: JoinWishes): Promise<() => preact.JSX.Element> {
  const { name, address, place } = wishes;
  const { account, ports } = await accountPorts(name, { address }, undefined, place);
  const { linkingCiphers: ciphers, sha256 } = ports;
  invariant(
    account !== undefined && ciphers !== undefined && sha256 !== undefined,
    'a browser has them',
  );
  const stage = signal<JoiningStage>({ phase: 'connecting' });
  const failed = (why: string): void => {
    place.tab.release();
    wishes.refused(`${capital(why)}.`);
  };
  const joining = new Joining({
    address,
    meetsAs: name,
    wish: account,
    form: 'web',
    label: location.host,
    ciphers,
    ports: { ...ports, sha256 },
    disk: {
      // The browser has it for that name already.
      keep: async (of) => (of === name ? undefined : 'other-account'),
      joined: async (of, { chain, links }) => {
        await ports.pins.putChain(of, { chain, links, accepted: links.length });
        await ports.knownServers.rememberCame(serverKeyOf(address), of, 'account');
      },
      letGo: async () => {},
    },
    changed: (now) => {
      stage.value = now;
      if (now.phase === 'failed') failed(joiningWords(now.failure, address));
      if (now.phase === 'joined') wishes.joined();
    },
  });
  return () => <JoiningView stage={stage.value} name={name} leave={() => joining.leave()} />;
}
