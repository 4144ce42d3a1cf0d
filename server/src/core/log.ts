import pino, { type Logger } from 'pino';

export type Log = Logger;

/** JSON lines on stderr. Header values that carry credentials are cut even where somebody logs them. */
export function makeLog(level: string): Log {
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: [
          '*.authorization',
          '*.cookie',
          '*.access_token',
          '*.refresh_token',
          '*.id_token',
          '*.device_code',
          '*["x-panosc-relay"]'
        ],
        censor: '[secret]'
      }
    },
    pino.destination({ fd: 2, sync: true })
  );
}
