/** The lists this node holds, by id and root. A root that L1 approves must be among them: guessing members would be worse than stopping. */

import { readFileSync } from 'node:fs';
import type { Secret } from '../base/secret.ts';
import { configError } from '../config/errors.ts';
import { policyError } from '../policy/errors.ts';
import { createListTree, type ListTree, type ListWitness } from '../policy/lists/list-tree.ts';
import { readListFile } from '../policy/lists/read-list-file.ts';
import { chainHalted } from '../sequencer/errors.ts';

export class ListBook {
  readonly #lists = new Map<string, ListTree>();

  constructor(lists: readonly ListTree[]) {
    for (const list of lists) this.#lists.set(nameOf(list.list, list.root), list);
  }

  /** Ids and roots, to compare with what people propose on L1. */
  get roots(): readonly { readonly list: bigint; readonly root: bigint; readonly size: number }[] {
    return [...this.#lists.values()].map(({ list, root, size }) => ({ list, root, size }));
  }

  /** True of a list that was never set, which is empty. */
  knows(root: bigint, list: bigint): boolean {
    return root === 0n || this.#lists.has(nameOf(list, root));
  }

  isInRoot(root: bigint, list: bigint, address: bigint): boolean {
    return this.#get(list, root).has(address);
  }

  /** The leaf that decides about `address`; undefined for a list that was never set. */
  witness(list: bigint, root: bigint, address: bigint): ListWitness | undefined {
    return root === 0n ? undefined : this.#get(list, root).witness(address);
  }

  #get(list: bigint, root: bigint): ListTree {
    const found = this.#lists.get(nameOf(list, root));
    if (found === undefined) throw chainHalted('HALT_UNKNOWN_LIST', `list ${list}, root 0x${root.toString(16)}`);
    return found;
  }
}

const nameOf = (list: bigint, root: bigint): string => `${list}:${root}`;

export interface ListText {
  readonly list: bigint;
  readonly file: string;
  readonly text: string;
}

/** Reads `policy.listFiles`: entries `<list id>=<file>`, several files for one id while one root follows another. */
export const readListTexts = (entries: readonly string[]): ListText[] =>
  entries.map((entry) => {
    const [, id, file] = /^([1-9][0-9]{0,18})=(.+)$/.exec(entry) ?? [];
    if (id === undefined || file === undefined) {
      throw configError('CONFIG_INVALID', '', { publicText: `policy.listFiles: '${entry}' is not <list id>=<file>` });
    }
    return { list: BigInt(id), file, text: readText(file) };
  });

export const openLists = (texts: readonly ListText[], salt: Secret<Uint8Array>): ListBook =>
  new ListBook(texts.map(({ list, file, text }) => createListTree(list, readListFile(text, file), salt)));

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw policyError('POLICY_UNREADABLE', file, { cause });
  }
}
