import { readFileSync } from 'node:fs';
import type { Secret } from '../base/secret.ts';
import type { Config } from '../config/schema.ts';
import { createDenyAllButExits } from '../policy/built-in.ts';
import { compilePolicy } from '../policy/compile/compile-policy.ts';
import { createPolicy } from '../policy/create-policy.ts';
import { policyError } from '../policy/errors.ts';
import type { PolicyPort } from '../policy/port.ts';
import { openLists } from './list-book.ts';
import { PolicyBook } from './policy-book.ts';

/** The configured policies with their lists, and the built-in policy that denies all but exits. */
export function openPolicies(
  config: Pick<Config, 'policy.file' | 'policy.moreFiles' | 'policy.listFiles'>,
  salt: Secret<Uint8Array>,
): { current: PolicyPort; book: PolicyBook } {
  const open = (file: string): PolicyPort => createPolicy(compilePolicy(readPolicyFile(file), { salt }, file));
  const current = open(config['policy.file']);
  const more = config['policy.moreFiles'].map(open);
  const lists = openLists(config['policy.listFiles'], salt);
  return { current, book: new PolicyBook([current, ...more, createPolicy(createDenyAllButExits())], lists) };
}

function readPolicyFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw policyError('POLICY_UNREADABLE', file, { cause });
  }
}
