import { readFileSync } from 'node:fs';
import { Secret } from '../../src/base/secret.ts';
import type { Identity } from '../../src/chain/identity.ts';
import { type CompileOptions, compilePolicy, tryCompilePolicy } from '../../src/policy/compile/compile-policy.ts';
import type { CompiledPolicy } from '../../src/policy/compile/compiled-policy.ts';
import { createFacts } from '../../src/policy/facts.ts';
import type { PolicyFacts, Principal, WriteRequest } from '../../src/policy/port.ts';
import { formatIssue } from '../../src/policy/source/issue.ts';

/** 0, 1, ..., 31: the salt of the golden roots. */
export const TEST_SALT = new Secret(Uint8Array.from({ length: 32 }, (_, i) => i));
export const OPTIONS: CompileOptions = { salt: TEST_SALT };

export const readPolicyFile = (name: string): string =>
  readFileSync(new URL(`../../policies/${name}`, import.meta.url), 'utf8');

export const compile = (text: string): CompiledPolicy => compilePolicy(text, OPTIONS);

/** `line:column CODE` of every issue. */
export const issuesOf = (text: string): string[] =>
  tryCompilePolicy(text, OPTIONS).issues.map((issue) => `${issue.line}:${issue.column} ${issue.code}`);

export const messagesOf = (text: string): string[] =>
  tryCompilePolicy(text, OPTIONS).issues.map((issue) => formatIssue(issue));

export const NOW = 1_800_000_000n;
export const ALICE = 0xa11ce0000000000000000000000000000000a11cn;
export const BOB = 0xb0b0000000000000000000000000000000000b0bn;
export const CUSTOMER = 1n;

export const identity = (roles: bigint, { frozen = false, expiry = 0n } = {}): Identity => ({
  roles,
  flags: frozen ? 1n : 0n,
  expiry,
});

export interface World {
  readonly identities?: readonly (readonly [bigint, Identity])[];
  readonly approved?: readonly bigint[];
  readonly inserted?: readonly bigint[];
}

/** List 1 alone. */
export const world = ({ identities = [], approved = [], inserted = [] }: World = {}): PolicyFacts =>
  createFacts({
    identities: new Map(identities),
    lists: new Map([[1n, new Set(approved)]]),
    inserted: new Map([[1n, new Set(inserted)]]),
  });

export const transfer = (overrides: Partial<WriteRequest> = {}): WriteRequest => ({
  signer: ALICE,
  to: BOB,
  value: 1n,
  data: new Uint8Array(),
  blockTimestamp: NOW,
  ...overrides,
});

export const user = (roles: readonly string[], wallets: readonly bigint[] = []): Principal => ({
  kind: 'user',
  subject: 'https://issuer.example|someone',
  roles,
  wallets,
});

export const ANONYMOUS: Principal = { kind: 'anonymous', subject: '', roles: [], wallets: [] };
