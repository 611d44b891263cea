import { Secret } from '../../src/base/secret.ts';
import type { ExecutionPolicy } from '../../src/execution/port.ts';
import { ALLOW_ALL } from '../../src/policy/built-in.ts';
import { compilePolicy } from '../../src/policy/compile/compile-policy.ts';
import { createPolicy } from '../../src/policy/create-policy.ts';

/** The real compiler and evaluator; the salt hides nothing here. */
export const allowAllPolicy = (): ExecutionPolicy =>
  createPolicy(compilePolicy(ALLOW_ALL, { salt: new Secret(new Uint8Array(32)), allowWildcard: true }));
