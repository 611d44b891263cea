import pino, { type Logger } from 'pino';

/** Names under which secrets or private data could stand in a log line, wherever they are nested one or two deep. */
const REDACTED = [
  'token',
  'authorization',
  'cookie',
  'secret',
  'password',
  'key',
  'privateKey',
  'raw',
  'calldata',
  'input',
  'jwt',
];

/** Structured log on standard error; payloads never go in, and what slips in under a telling name is redacted. */
export function createLog(level: string, destination: pino.DestinationStream = pino.destination(2)): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: REDACTED.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    },
    destination,
  );
}
