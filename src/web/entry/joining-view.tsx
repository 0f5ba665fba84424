// What the person types at a device that they have already, so that this browser becomes one of the same account.

import { linkingContent } from '../../client/scanned-code.ts';
import type { JoiningStage } from '../../client/linking/joining.ts';

import { QrFigure } from '../scan/qr-figure.tsx';

export interface JoiningViewProps {
  readonly stage: JoiningStage;
  readonly name: string;
  readonly leave: () => void;
}

export function JoiningView({ stage, name, leave }: JoiningViewProps) {
  return (
    <main class="entry">
      <h1>helo</h1>
      <div role="status">
        <Step stage={stage} name={name} />
      </div>
      <button onClick={leave}>Leave it</button>
    </main>
  );
}

function Step({ stage, name }: Pick<JoiningViewProps, 'stage' | 'name'>) {
  switch (stage.phase) {
    case 'connecting':
    case 'joined':
    case 'failed':
      return <p>one moment …</p>;
    case 'code':
      return (
        <>
          <p>
            On a device that <bdi>{name}</bdi> has already, in helo chat or in the settings of the
            page there, type the line below. It holds for ten minutes. Show it to nobody else.
          </p>
          <p class="to-type">/link {stage.code}</p>
          <p>A page scans it, in the dialogue of its devices:</p>
          <QrFigure content={linkingContent(stage.code)} label="that code as a QR code" />
        </>
      );
    case 'digits':
      return (
        <>
          <p>
            Now type there what stands below: the other device asks for these digits, and nobody in
            between knows them.
          </p>
          <p class="to-type">/link {stage.digits}</p>
        </>
      );
  }
}
