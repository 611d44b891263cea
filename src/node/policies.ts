import { readFileSync } from 'node:fs';
import type { Secret } from '../base/secret.ts';
import { createDenyAllButExits } from '../policy/built-in.ts';
import { compilePolicy } from '../policy/compile/compile-policy.ts';
import { createPolicy } from '../policy/create-policy.ts';
import { policyError } from '../policy/errors.ts';
import type { PolicyPort } from '../policy/port.ts';
import { nodeError } from './errors.ts';
import { PolicyBook } from './policy-book.ts';

/** The configured policy and the built-in one that denies all but exits. */
export function openPolicies(file: string, salt: Secret<Uint8Array>): { current: PolicyPort; book: PolicyBook } {
  const current = createPolicy(compilePolicy(readPolicyFile(file), { salt }, file));
  const book = new PolicyBook([current, createPolicy(createDenyAllButExits())], (root, list) => {
    throw nodeError('NODE_LIST_UNKNOWN', `list ${list}, root 0x${root.toString(16)}`);
  });
  return { current, book };
}

function readPolicyFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw policyError('POLICY_UNREADABLE', file, { cause });
  }
}
