// Figures as people read them: three digits and a unit.

import type { Unit } from '../scenario.ts';

/** `value` with its unit's scale: 3.68 M, 152 k, 55.0 ms, 5.2 KB. */
export function writeFigure(value: number, unit: Unit): string {
  switch (unit) {
    case 'ms':
      return `${threeDigits(value)} ms`;
    case 'share':
    case 'times':
      return value.toFixed(2);
    case 'bytes':
      return value < 100_000
        ? Math.round(value).toLocaleString('en')
        : `${threeDigits(value / 1e6)} MB`;
    case 'per second':
    case 'per CPU second':
      return scaled(value);
  }
}

/** A ratio of two figures. */
export function writeRatio(value: number): string {
  return threeDigits(value);
}

function scaled(value: number): string {
  if (value >= 999_500) return `${threeDigits(value / 1e6)} M`;
  return value >= 10_000
    ? `${threeDigits(value / 1000)} k`
    : Math.round(value).toLocaleString('en');
}

function threeDigits(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(value >= 10 ? 1 : 2);
}
