/** The compiled policies this node has, by root, with the executor of each, and the lists they may ask. */

import { createExecutor } from '../execution/executor.ts';
import { createLeafKeys } from '../execution/leaf-keys.ts';
import type { IsInListRoot } from '../execution/port.ts';
import type { PolicyPort } from '../policy/port.ts';
import type { Executor } from '../sequencer/port.ts';
import type { ListBook, ListText } from './list-book.ts';

export interface PolicyText {
  readonly root: bigint;
  readonly file: string;
  readonly text: string;
}

/** What the policies and lists were made from, for a thread that makes its own. */
export interface PolicyTexts {
  readonly policies: readonly PolicyText[];
  readonly lists: readonly ListText[];
}

export class PolicyBook {
  readonly #policies = new Map<bigint, { readonly policy: PolicyPort; readonly executor: Executor }>();
  readonly lists: ListBook;
  readonly texts: PolicyTexts;
  readonly #keys = createLeafKeys();

  constructor(policies: readonly PolicyPort[], lists: ListBook, texts: PolicyTexts) {
    this.lists = lists;
    this.texts = texts;
    for (const policy of policies) this.add(policy);
  }

  get isInListRoot(): IsInListRoot {
    return (root, list, address) => this.lists.isInRoot(root, list, address);
  }

  add(policy: PolicyPort): void {
    const executor = createExecutor({ policy, isInListRoot: this.isInListRoot, keys: this.#keys });
    this.#policies.set(policy.root, { policy, executor });
  }

  /** A list that the policy names, in force under a root whose members are not here. */
  findUnknownList(policyRoot: bigint, rootOf: (list: bigint) => bigint): bigint | undefined {
    const lists = [...(this.policy(policyRoot)?.lists.keys() ?? [])];
    return lists.find((list) => !this.lists.knows(rootOf(list), list));
  }

  policy(root: bigint): PolicyPort | undefined {
    return this.#policies.get(root)?.policy;
  }

  executor(root: bigint): Executor | undefined {
    return this.#policies.get(root)?.executor;
  }
}
