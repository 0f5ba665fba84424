// Amounts as people read them: bytes, speeds, times.

const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** `812 bytes`, `1.2 MB`, `430 MB`: in powers of a thousand, with at least two digits. */
export function formatBytes(bytes: number): string {
  if (bytes === 1) return '1 byte';
  let value = bytes;
  let unit = 0;
  // A value that rounds to 1000 is shown as 1.0 of the next unit.
  while (Math.round(value) >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && value < 9.95 ? value.toFixed(1) : String(Math.round(value));
  return `${digits} ${units[unit]}`;
}

/** `0:32`, `12:05`, `3:04:05`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  const ending = two(whole % 60);
  if (minutes < 60) return `${minutes}:${ending}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${ending}`;
}

/** `43 %`; 100 only when everything has arrived. */
export function formatShare(done: number, whole: number): string {
  return whole === 0 || done >= whole ? '100 %' : `${Math.floor((done / whole) * 100)} %`;
}
