/** Inputs of one segment circuit. */

import { type Digest, hashDigest } from '../../chain/digest.ts';
import type { TreeFork } from '../../state/port.ts';
import { carryOf } from './carry.ts';
import { type CircuitStruct, padded } from './circuit-value.ts';
import { digestValue } from './digest-value.ts';
import type { LeafPlan } from './leaf-plan.ts';
import { buildLeafTables } from './leaf-tables.ts';
import {
  ZERO_COSIGNED,
  ZERO_EXIT,
  ZERO_KEY,
  ZERO_LIST_CHECK,
  ZERO_MESSAGE,
  ZERO_OPENING,
  ZERO_OPERATION,
  ZERO_STEP,
  ZERO_TRANSACTION,
  zeroSignedRow,
} from './padding.ts';
import type { BatchStart, CircuitWitness, WitnessDeps } from './port.ts';
import { PROFILES, type ProfileName } from './profiles.ts';
import { type Unit, Values } from './trace.ts';

/** Builds the witness of `units` and moves `tree` to their end. */
export function buildSegment(
  units: readonly Unit[],
  profileName: ProfileName,
  plan: LeafPlan,
  start: BatchStart,
  tree: TreeFork,
  deps: WitnessDeps,
): CircuitWitness {
  const profile = PROFILES[profileName];
  const first = units[0]!;
  const last = units.at(-1)!;
  const before: Digest = { ...first.before.digest, treeRoot: tree.root, nextIndex: BigInt(tree.nextIndex) };
  const values = new Values(tree.fork());
  for (const { changes } of units) values.apply(changes);
  const batch = start.digest.batchNumber;
  const { tables, row } = buildLeafTables(plan, profile, tree, values, (index) => deps.salts.leaf(batch, index));
  const after: Digest = { ...last.after.digest, treeRoot: tree.root, nextIndex: BigInt(tree.nextIndex) };

  const begin = first.begin;
  const exits = units.some((unit) => unit.exits);
  const exit = exits ? deps.policy.exitWitness() : undefined;
  const collect = <T>(rows: (unit: Unit) => readonly T[]): T[] => units.flatMap((unit) => [...rows(unit)]);
  const operations = collect((unit) => unit.operations).map((build) => build(row));
  const short = collect((unit) => unit.shortSignatures);
  const long = collect((unit) => unit.longSignatures);
  const cosigned = collect((unit) => unit.cosigners).map((build) => build(row));
  const keys = collect((unit) => unit.keys);
  const messages = collect((unit) => unit.messages);
  const listChecks = collect((unit) => unit.listChecks);
  const steps = units
    .filter(({ kind }) => kind === 'step')
    .map(({ step }): CircuitStruct => ({ opening: ZERO_OPENING, transaction: ZERO_TRANSACTION, ...step!(row) }));

  const segment: CircuitStruct = {
    before: digestValue(before),
    context: {
      prevrandao: start.context.prevrandao,
      gas_limit: start.context.gasLimit,
      base_fee: start.context.baseFee,
      fee_mode: start.context.feeMode,
      collector: start.context.collector,
      batch_interval_seconds: start.context.batchIntervalSeconds,
    },
    frontier: first.before.frontier.nodes,
    carry: carryOf(
      first.before.frontier,
      collect((unit) => (unit.record === undefined ? [] : [unit.record])),
    ),
    start: {
      tree_root: start.digest.treeRoot,
      next_index: start.digest.nextIndex,
      block_number: start.digest.blockNumber,
      timestamp: start.digest.timestamp,
      block_hashes: start.digest.blockHashes,
      priority_hi: start.digest.priorityHi,
      priority_lo: start.digest.priorityLo,
      priority_index: start.digest.priorityIndex,
      blind: start.blind,
    },
    begin: { enabled: begin !== undefined, policy_root: begin?.policyRoot ?? 0n, slot: begin?.slot ?? 0n },
    operations: {
      rows: padded(operations, profile.operations, ZERO_OPERATION),
      used: operations.length,
      exit: exit === undefined ? ZERO_EXIT : { roles_mask: exit.rolesMask, siblings: exit.siblings },
      exits,
    },
    steps: padded(steps, profile.steps, ZERO_STEP),
    signatures: {
      short: padded(short, profile.shortSignatures, zeroSignedRow(1)),
      short_used: short.length,
      long: padded(long, profile.longSignatures, zeroSignedRow(2)),
      long_used: long.length,
    },
    cosigned: padded(cosigned, profile.cosigners, ZERO_COSIGNED),
    cosigned_used: cosigned.length,
    keys: padded(keys, profile.keys, ZERO_KEY),
    keys_used: keys.length,
    messages: padded(messages, profile.messages, ZERO_MESSAGE),
    messages_used: messages.length,
    list_checks: padded(listChecks, profile.listChecks, ZERO_LIST_CHECK),
    list_checks_used: listChecks.length,
    leaves: tables,
    entropy: deps.random(),
  };
  const [digestBefore, digestAfter] = [hashDigest(before), hashDigest(after)];
  return {
    circuit: `segment_${profileName}`,
    inputs: { segment, digest_before: digestBefore, digest_after: digestAfter },
    before,
    after,
    digestBefore,
    digestAfter,
  };
}
