import { compileUnsalted } from './compile/compile-policy.ts';
import type { CompiledPolicy } from './compile/compiled-policy.ts';

/** Readers keep sight of what is theirs, so that they can leave. */
const DENY_ALL_BUT_EXITS = `name: deny-all-but-exits
version: 1
salt: none
exits: { roles: [anyone] }
writes: []
reads:
  - { name: everybody, who: [anonymous], methods: [public] }
  - name: own
    who: [user]
    methods: [network, account, block, transaction, outcome]
    accounts: own
    transactions: party
    blocks: filtered
`;

/**
 * What is in force when a revocation leaves nothing else: no write rule, and anybody who is not frozen may exit. Its salt is 0, because L1
 * and everybody else must be able to compute this root; it hides nothing.
 */
export const createDenyAllButExits = (): CompiledPolicy => compileUnsalted(DENY_ALL_BUT_EXITS);

/** For the official state tests: compiles only with `allowWildcard`, and nothing is provable under it. */
export const ALLOW_ALL = `name: allow-all
version: 1
salt: none
exits: { roles: [anyone] }
writes:
  - to: any
    anyOf: [{ roles: [anyone] }]
reads: []
`;
