import { concatBytes } from '../../src/base/bytes.ts';
import { Secret } from '../../src/base/secret.ts';
import { createSalts } from '../../src/chain/salts.ts';
import { createMemoryRecords } from '../../src/state/batch-records.ts';
import type { BatchRecords, StateWrite, Tree } from '../../src/state/port.ts';
import { createTree } from '../../src/state/tree.ts';
import type { Random } from './random.ts';

export const SALT_KEY = new Secret(Uint8Array.from({ length: 32 }, (_, i) => i + 1));
export const SALTS = createSalts(SALT_KEY);
export const TEST_TREE = { bytesMax: 2 ** 28, hashThreads: 1 };

export interface TestTree {
  readonly tree: Tree;
  readonly records: BatchRecords;
}

export async function createTestTree(
  snapshot?: Uint8Array,
  records = createMemoryRecords({ bytesMax: 2 ** 26 }),
): Promise<TestTree> {
  const tree = await createTree(TEST_TREE, snapshot === undefined ? { records } : { records, snapshot: [snapshot] });
  return { tree, records };
}

export const write = (key: bigint, lo: bigint, hi = 0n): StateWrite => ({ key, hi, lo });

/** Distinct keys: some old, some new, with values that are sometimes zero. */
export function randomWrites(random: Random, known: readonly bigint[], count: number): StateWrite[] {
  const keys = new Set<bigint>();
  while (keys.size < count) {
    const isOld = known.length > 0 && random.below(2) === 0;
    const fresh = random.below(4) === 0 ? BigInt(random.below(500) + 1) : random.fr() || 1n;
    keys.add(isOld ? known[random.below(known.length)]! : fresh);
  }
  return Array.from(keys, (key) =>
    write(key, random.below(5) === 0 ? 0n : random.bits(128), random.below(3) === 0 ? 0n : random.bits(128)),
  );
}

export async function snapshotBytes(tree: Tree): Promise<Uint8Array> {
  const pages: Uint8Array[] = [];
  for await (const page of tree.snapshot()) pages.push(page);
  return concatBytes(...pages);
}
