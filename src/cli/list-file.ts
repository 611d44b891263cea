import type { Secret } from '../base/secret.ts';
import { policyError } from '../policy/errors.ts';
import { createListTree, type ListTree } from '../policy/lists/list-tree.ts';
import { readListFile } from '../policy/lists/read-list-file.ts';
import { readText } from './policy-files.ts';

/** `--list`: 1 to 2^64 - 1; undefined when it is no such number. */
export function listIdOf(value: string | undefined): bigint | undefined {
  if (value === undefined || !/^[1-9][0-9]{0,18}$/.test(value)) return undefined;
  return BigInt(value);
}

/** The tree of a file's members. Ethereum takes no root for an empty list, so there is none to print or propose. */
export function readListTree(file: string, list: bigint, salt: Secret<Uint8Array>): ListTree {
  const tree = createListTree(list, readListFile(readText(file), file), salt);
  if (tree.size === 0) {
    throw policyError(
      'POLICY_LIST_INVALID',
      `${file} has no members: name one address that nobody owns, such as 0x…01`,
    );
  }
  return tree;
}
