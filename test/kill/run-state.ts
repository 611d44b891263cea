/** Where a run stands: kept in its folder, so that a long one can be done in pieces. */

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyLedger, type LedgerData } from './ledger.ts';
import type { Planned } from './plan.ts';
import type { KillPointName } from './points.ts';

export interface Death {
  readonly at: KillPointName;
  readonly afterMs: number;
}

export interface RunState {
  readonly seed: string;
  readonly proving: boolean;
  readonly ports: { readonly http: number; readonly l1: number };
  readonly ledger: LedgerData;
  readonly tokens: Record<string, string>;
  remaining: Planned[];
  readonly deaths: Death[];
  lives: number;
}

export const newRunState = (
  seed: string,
  proving: boolean,
  remaining: readonly Planned[],
  ports: RunState['ports'],
): RunState => ({
  seed,
  proving,
  ports,
  ledger: emptyLedger(),
  tokens: {},
  remaining: [...remaining],
  deaths: [],
  lives: 0,
});

const fileIn = (folder: string): string => join(folder, 'run.json');

export function saveRunState(folder: string, state: RunState): void {
  writeFileSync(`${fileIn(folder)}.new`, JSON.stringify(state));
  renameSync(`${fileIn(folder)}.new`, fileIn(folder));
}

export const readRunState = (folder: string): RunState => JSON.parse(readFileSync(fileIn(folder), 'utf8')) as RunState;
