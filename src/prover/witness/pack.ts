/** Cuts a batch into segments: as much as fits into the largest profile, in the smallest profile that holds it. */

import type { TreeView } from '../../state/port.ts';
import { witnessError } from './errors.ts';
import { type LeafPlan, planLeaves } from './leaf-plan.ts';
import { PROFILES, type Profile, type ProfileName } from './profiles.ts';
import type { Unit } from './trace.ts';

export interface Overflow {
  readonly table: keyof Profile;
  readonly needed: number;
  readonly capacity: number;
}

/** Rows that units need of each table. */
export function countRows(units: readonly Unit[], plan: LeafPlan): Profile {
  const sum = (rows: (unit: Unit) => readonly unknown[]) => units.reduce((total, unit) => total + rows(unit).length, 0);
  return {
    steps: units.filter(({ kind }) => kind === 'step').length,
    operations: sum(({ operations }) => operations),
    shortSignatures: sum(({ shortSignatures }) => shortSignatures),
    longSignatures: sum(({ longSignatures }) => longSignatures),
    cosigners: sum(({ cosigners }) => cosigners),
    keys: sum(({ keys }) => keys),
    messages: sum(({ messages }) => messages),
    listChecks: sum(({ listChecks }) => listChecks),
    subtrees: plan.subtrees.length,
    updatedLeaves: plan.updated.length,
    readLeaves: plan.read.length,
    freshLeaves: plan.fresh.length,
    absentKeys: plan.absent.length,
  };
}

export function findOverflow(needed: Profile, profile: Profile): Overflow | undefined {
  for (const table of Object.keys(profile) as (keyof Profile)[]) {
    if (needed[table] > profile[table]) return { table, needed: needed[table], capacity: profile[table] };
  }
  return undefined;
}

/** The largest number of units from `from` on that fit, and the profile; `tree` is that at their start. Throws WITNESS_CAPACITY. */
export function nextSegment(
  units: readonly Unit[],
  from: number,
  tree: TreeView,
  profiles: readonly ProfileName[] = ['xs', 'm'],
): { readonly end: number; readonly profile: ProfileName; readonly plan: LeafPlan } {
  let best: { readonly end: number; readonly profile: ProfileName; readonly plan: LeafPlan } | undefined;
  let refusal: Overflow | undefined;
  for (let end = from + 1; end <= units.length; end++) {
    const part = units.slice(from, end);
    const plan = planLeaves(part, tree);
    const needed = countRows(part, plan);
    const profile = profiles.find((name) => findOverflow(needed, PROFILES[name]) === undefined);
    if (profile === undefined) {
      refusal = findOverflow(needed, PROFILES[profiles.at(-1)!]);
      break;
    }
    best = { end, profile, plan };
  }
  if (best === undefined) {
    const { table, needed, capacity } = refusal!;
    throw witnessError('WITNESS_CAPACITY', `${table}: ${needed} needed, ${capacity} in the largest segment`);
  }
  return best;
}
