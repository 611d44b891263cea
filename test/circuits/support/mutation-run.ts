/** Runs mutants of a scenario's circuits and collects what rejected each. */

import type { CircuitStruct } from '../../../src/prover/witness/circuit-value.ts';
import { createRandom, HARMLESS, mutate, pathName, replaceAt, type Site, sitesOf, valueAt } from './mutants.ts';
import { buildScenario } from './scenarios.ts';
import { type Solver, VK_ROOT } from './solve.ts';
import { witnessOf } from './world.ts';

export interface MutantOutcome {
  readonly scenario: string;
  readonly circuit: 'segment' | 'seal';
  readonly path: string;
  readonly value: string;
  /** The assertion that failed; undefined when the mutant was accepted. */
  readonly assertion: string | undefined;
}

export interface MutationOptions {
  readonly scenarios: readonly string[];
  readonly seed: number;
  /** How many fields in all, chosen by the seed; every field when absent. */
  readonly fields?: number;
  onOutcome?(outcome: MutantOutcome): void;
}

interface Subject {
  readonly scenario: string;
  readonly circuit: 'segment' | 'seal';
  readonly inputs: CircuitStruct;
}

/** The last segment and the seal of a scenario, shown to be accepted before anything is changed. */
export async function subjectsOf(scenario: string, solvers: Record<'segment' | 'seal', Solver>): Promise<Subject[]> {
  const { world, items } = buildScenario(scenario);
  const { segments, seal } = witnessOf(world, items, ['xs']);
  const subjects = [
    { scenario, circuit: 'segment', inputs: { ...segments.at(-1)!.inputs, vk_root: VK_ROOT } },
    { scenario, circuit: 'seal', inputs: { ...seal.witness.inputs, vk_root: VK_ROOT } },
  ] as const;
  for (const { circuit, inputs } of subjects) {
    const verdict = await solvers[circuit].solve(inputs);
    if (!verdict.accepted) throw new Error(`${scenario}: the unmutated ${circuit} is rejected: ${verdict.assertion}`);
  }
  return [...subjects];
}

export async function runMutants(
  { scenarios, seed, fields, onOutcome }: MutationOptions,
  solvers: Record<'segment' | 'seal', Solver>,
): Promise<MutantOutcome[]> {
  const random = createRandom(seed);
  const all: { readonly subject: Subject; readonly site: Site }[] = [];
  for (const scenario of scenarios) {
    for (const subject of await subjectsOf(scenario, solvers)) {
      for (const site of sitesOf(solvers[subject.circuit].circuit)) all.push({ subject, site });
    }
  }
  const chosen =
    fields === undefined
      ? all
      : Array.from(
          { length: Math.min(fields, all.length) },
          () => all.splice(Math.floor(random() * all.length), 1)[0]!,
        );
  const outcomes: MutantOutcome[] = [];
  for (const { subject, site } of chosen) {
    const path = pathName(site.path);
    if (HARMLESS.has(path)) continue;
    const replacement = mutate(site, valueAt(subject.inputs, site.path), random);
    const mutant = replaceAt(subject.inputs, site.path, replacement) as CircuitStruct;
    const verdict = await solvers[subject.circuit].solve(mutant);
    const outcome: MutantOutcome = {
      scenario: subject.scenario,
      circuit: subject.circuit,
      path,
      value: String(replacement),
      assertion: verdict.accepted ? undefined : verdict.assertion,
    };
    outcomes.push(outcome);
    onOutcome?.(outcome);
  }
  return outcomes;
}

/** Between them these use every row kind. */
export const MUTATED_SCENARIOS = [
  'an identity of a newcomer',
  'a list root, then a transfer outside the list',
  'a list root, then a withdrawal by a member',
  'a forced withdrawal',
  'a second transfer of the same signer in the next block',
  'a transfer to an account that is new',
  'an unfreeze',
];
