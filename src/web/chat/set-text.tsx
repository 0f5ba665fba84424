// A text as it is set (client/markup): emphasis, code, quotations. It is loaded when the first such text is shown.

import type { ComponentChildren } from 'preact';
import { setText, type Block, type Span, type SpanStyle } from '../../client/markup/markup.ts';
import { LinkedText } from './linked-text.tsx';

export function SetText({ text }: { readonly text: string }) {
  return <>{setText(text).map((block, index) => set(block, index))}</>;
}

function set({ kind, spans }: Block, key: number): ComponentChildren {
  const words = spans.map((span, index) => <SetSpan key={index} span={span} />);
  switch (kind) {
    case 'quote':
      return <blockquote key={key}>{words}</blockquote>;
    case 'code':
      return (
        <pre key={key} dir="ltr" tabIndex={0}>
          <code>{words}</code>
        </pre>
      );
    case 'text':
    default:
      return (
        <span key={key} dir="auto">
          {words}
        </span>
      );
  }
}

const tags = {
  strong: 'strong',
  emphasis: 'em',
  struck: 's',
  code: 'code',
} as const satisfies Record<SpanStyle, string>;

function SetSpan({ span: { text, styles } }: { readonly span: Span }) {
  return styles.reduceRight<preact.JSX.Element>(
    (inside, style) => {
      const Tag = tags[style];
      return <Tag>{inside}</Tag>;
    },
    <LinkedText text={text} />,
  );
}
