// The server's own log: one JSON object a line on stderr, for operators and their collectors. It never holds what
// people write, nor addresses, nor key material: fields are plain figures and codes, so that no object with somebody's
// text can get in.
import { destination, pino } from 'pino';

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/**
 * A logger that writes at `level` and above to file descriptor `fd` (by default stderr). It writes synchronously: the
 * last line before a crash is the most important one.
 */
export function createLogger(level: LogLevel, fd = 2): Logger {
  const stream = destination({ fd, sync: true });
  // The server must not end because its terminal was closed or its collector has ended.
  stream.on('error', () => {});
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
}

/** For tests, and for parts that run without a log. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
