/** In the process under test: ends it with SIGKILL when it comes by an armed point, and leaves a line that says which. */

import { writeFileSync } from 'node:fs';
import { ARMED_VARIABLE, type Armed, FORGETFUL_VARIABLE, type KillPointName, REPORT_VARIABLE } from './points.ts';

const armed = new Map<string, { passes: number; readonly delayMs: number }>(
  (JSON.parse(process.env[ARMED_VARIABLE] ?? '[]') as Armed[]).map(({ name, passes, delayMs }) => [
    name,
    { passes, delayMs },
  ]),
);

export const isForgetful: boolean = process.env[FORGETFUL_VARIABLE] !== undefined;

export const isArmed = (name: KillPointName): boolean => armed.has(name);

/** The process ends inside this call, or the point was not meant. */
export function at(name: KillPointName): void {
  const point = armed.get(name);
  if (point === undefined || point.passes-- > 0) return;
  die(name);
}

/** Kills while `work` goes on, when it lasts long enough. */
export async function during<T>(name: KillPointName, work: Promise<T>): Promise<T> {
  const point = armed.get(name);
  if (point === undefined) return work;
  const timer = setTimeout(() => die(name), point.delayMs);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}

/** Kills a moment after this, unless the process has ended by itself. */
export function soonAfter(name: KillPointName): void {
  const point = armed.get(name);
  if (point !== undefined) setTimeout(() => die(name), point.delayMs);
}

function die(name: KillPointName): void {
  // Synchronous, and in the kernel's hands before the signal is.
  writeFileSync(process.env[REPORT_VARIABLE]!, name);
  process.kill(process.pid, 'SIGKILL');
}
