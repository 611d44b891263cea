/** The tree by its definition (docs/PROTOCOL.md 2), in a few dozen lines and no hurry: what the real one is compared with. */

import { TREE_DEPTH } from '../../src/chain/constants.ts';
import { node } from '../../src/chain/poseidon2.ts';
import { hashLeaf } from '../../src/state/leaf.ts';
import type { Leaf, StateWrite } from '../../src/state/port.ts';

interface NaiveLeaf {
  key: bigint;
  hi: bigint;
  lo: bigint;
  salt: bigint;
}

export class NaiveTree {
  readonly leaves: NaiveLeaf[] = [{ key: 0n, hi: 0n, lo: 0n, salt: 0n }];

  apply(writes: readonly StateWrite[], salt: (index: number) => bigint): void {
    const nextBefore = this.leaves.map((_, index) => this.leaf(index).nextKey);
    const changed = new Set<number>();
    for (const { key, hi, lo } of writes) {
      let index = this.leaves.findIndex((leaf) => leaf.key === key);
      if (index < 0) index = this.leaves.push({ key, hi, lo, salt: 0n }) - 1;
      Object.assign(this.leaves[index]!, { hi, lo });
      changed.add(index);
    }
    for (const [index, nextKey] of nextBefore.entries()) if (this.leaf(index).nextKey !== nextKey) changed.add(index);
    for (const index of changed) this.leaves[index]!.salt = salt(index);
  }

  leaf(index: number): Leaf {
    const leaf = this.leaves[index]!;
    const above = this.leaves.map(({ key }) => key).filter((key) => key > leaf.key);
    return { ...leaf, nextKey: above.reduce((least, key) => (least === 0n || key < least ? key : least), 0n) };
  }

  get root(): bigint {
    let level = this.leaves.map((_, index) => hashLeaf(this.leaf(index)));
    let empty = 0n;
    for (let height = 0; height < TREE_DEPTH; height++) {
      const pairs = Array.from({ length: Math.ceil(level.length / 2) }, (_, i) => i);
      level = pairs.map((i) => node(level[2 * i]!, level[2 * i + 1] ?? empty));
      empty = node(empty, empty);
    }
    return level[0]!;
  }
}
