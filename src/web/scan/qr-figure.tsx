// A QR code on the page. What computes it is loaded when one is shown.

import { useEffect, useState } from 'preact/hooks';

export interface QrFigureProps {
  readonly content: string;
  /** What it is, for those who do not see it. */
  readonly label: string;
}

interface Drawn {
  readonly size: number;
  /** Its dark squares, as a path of SVG. */
  readonly path: string;
}

export function QrFigure({ content, label }: QrFigureProps) {
  const [drawn, setDrawn] = useState<Drawn>();
  useEffect(() => {
    let isWanted = true;
    const draw = async (): Promise<void> => {
      const { qrPath } = await import('./qr-path.ts');
      if (isWanted) setDrawn(qrPath(content));
    };
    void draw();
    return () => {
      isWanted = false;
    };
  }, [content]);
  const { size, path } = drawn ?? { size: 1, path: '' };
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`}>
      <path d={path} />
    </svg>
  );
}
