// Computes a QR code as a path of SVG, a square for each dark one. Loaded when a code is shown.

import { encodeQR } from 'qr';

/** The light frame around it that readers want. */
const border = 4;

export function qrPath(content: string): { readonly size: number; readonly path: string } {
  const rows = encodeQR(content, 'raw', { ecc: 'medium', border });
  const path = rows
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  return { size: rows.length, path };
}
