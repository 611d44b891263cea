/** One thing that the node needs, looked at once and within a bounded time. */

import type { Clock } from '../../base/clock.ts';
import { isPrivityError } from '../../base/errors.ts';

export type Finding =
  | { readonly state: 'well'; readonly text: string }
  /** `advice` says what to do about it. */
  | { readonly state: 'ill'; readonly text: string; readonly advice: string }
  /** Something it stands on is ill. */
  | { readonly state: 'unknown'; readonly text: string };

export interface Probe {
  readonly name: string;
  /** Names of probes that must be well before this one can say anything. */
  readonly needs?: readonly string[];
  /** What to do when it throws or does not answer in time. */
  readonly advice: string;
  look(signal: AbortSignal): Promise<Finding> | Finding;
}

export interface Report extends Readonly<Record<'name', string>> {
  readonly finding: Finding;
}

export const well = (text: string): Finding => ({ state: 'well', text });
export const ill = (text: string, advice: string): Finding => ({ state: 'ill', text, advice });

/** One after the other, each at most `timeoutMs`; `onReport` hears of each as it comes. */
export async function runProbes(
  probes: readonly Probe[],
  options: { readonly timeoutMs: number; readonly clock: Clock; readonly onReport: (report: Report) => void },
): Promise<Report[]> {
  const states = new Map<string, Finding['state']>();
  const reports: Report[] = [];
  for (const probe of probes) {
    const missing = (probe.needs ?? []).filter((name) => states.get(name) !== 'well');
    const finding: Finding =
      missing.length > 0
        ? { state: 'unknown', text: `not looked at: ${missing.join(', ')} first` }
        : await bounded(probe, options.timeoutMs, options.clock);
    states.set(probe.name, finding.state);
    const report = { name: probe.name, finding };
    reports.push(report);
    options.onReport(report);
  }
  return reports;
}

async function bounded(probe: Probe, timeoutMs: number, clock: Clock): Promise<Finding> {
  const stop = new AbortController();
  const late = clock.sleep(timeoutMs, stop.signal).then(() => ill(`no answer in ${timeoutMs / 1000} s`, probe.advice));
  const look = async (): Promise<Finding> => {
    try {
      return await probe.look(stop.signal);
    } catch (error) {
      return ill(textOf(error), probe.advice);
    }
  };
  try {
    return await Promise.race([look(), late]);
  } finally {
    stop.abort();
  }
}

/** For the operator's own terminal; errors here carry names and numbers, never secrets. */
function textOf(error: unknown): string {
  if (isPrivityError(error)) {
    return `${error.code}: ${error.publicText}${error.internalText === '' ? '' : ` (${error.internalText})`}`;
  }
  if (error instanceof Error && 'shortMessage' in error) return String(error.shortMessage);
  return error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error);
}
