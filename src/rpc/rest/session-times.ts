import type { Session } from '../../access/port.ts';

/** RFC 3339, as the SDK reads them. */
export const sessionTimes = ({ expiresAt, renewableUntil }: Pick<Session, 'expiresAt' | 'renewableUntil'>) => ({
  expiresAt: new Date(expiresAt).toISOString(),
  renewableUntil: new Date(renewableUntil).toISOString(),
});
