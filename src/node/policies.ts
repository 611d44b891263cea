import { readFileSync } from 'node:fs';
import type { Secret } from '../base/secret.ts';
import type { Config } from '../config/schema.ts';
import { createDenyAllButExits } from '../policy/built-in.ts';
import { compilePolicy } from '../policy/compile/compile-policy.ts';
import { createPolicy } from '../policy/create-policy.ts';
import { policyError } from '../policy/errors.ts';
import type { PolicyPort } from '../policy/port.ts';
import { openLists, readListTexts } from './list-book.ts';
import { PolicyBook, type PolicyText } from './policy-book.ts';

/** The configured policies with their lists, and the built-in policy that denies all but exits. */
export function openPolicies(
  config: Pick<Config, 'policy.file' | 'policy.moreFiles' | 'policy.listFiles'>,
  salt: Secret<Uint8Array>,
): { current: PolicyPort; book: PolicyBook } {
  const open = (file: string): { readonly policy: PolicyPort; readonly text: PolicyText } => {
    const text = readPolicyFile(file);
    const policy = createPolicy(compilePolicy(text, { salt }, file));
    return { policy, text: { root: policy.root, file, text } };
  };
  const opened = [config['policy.file'], ...config['policy.moreFiles']].map(open);
  const lists = readListTexts(config['policy.listFiles']);
  const policies = [...opened.map(({ policy }) => policy), createPolicy(createDenyAllButExits())];
  const texts = { policies: opened.map(({ text }) => text), lists };
  return { current: policies[0]!, book: new PolicyBook(policies, openLists(lists, salt), texts) };
}

function readPolicyFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw policyError('POLICY_UNREADABLE', file, { cause });
  }
}
