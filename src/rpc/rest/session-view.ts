import type { Session } from '../../access/port.ts';
import { sessionTimes } from './session-times.ts';

/** What people and administrators see of a session. Nothing in it opens one; addresses and browsers are not kept. */
export const sessionView = (session: Session) => ({
  id: session.id,
  method: session.method,
  application: session.application ?? null,
  createdAt: new Date(session.createdAt).toISOString(),
  lastUsedAt: new Date(session.lastUsedAt).toISOString(),
  ...sessionTimes(session),
});
