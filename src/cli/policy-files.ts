import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Secret } from '../base/secret.ts';
import { readKeyFile } from '../node/key-files.ts';
import { compilePolicy } from '../policy/compile/compile-policy.ts';
import type { CompiledPolicy } from '../policy/compile/compiled-policy.ts';
import { policyError } from '../policy/errors.ts';

const saltBytes = 32;

/** The salt of the root. Without a file the rules can be checked all the same, but the root is nobody's. */
export const saltOf = (file: string | undefined): Secret<Uint8Array> =>
  file === undefined ? new Secret(new Uint8Array(randomBytes(saltBytes))) : readKeyFile(file);

export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw policyError('POLICY_UNREADABLE', path, { cause });
  }
}

export const compileFile = (path: string, salt: Secret<Uint8Array>): CompiledPolicy =>
  compilePolicy(readText(path), { salt }, path);
