/**
 * Native transfers a second on one core, signature recovery excluded, under the large policy; one line of JSON. `node test/bench/execution.ts`.
 * The aim is 5,000. Each transfer starts from the state the one before left; 500 senders, half the recipients new.
 */

import { readFileSync } from 'node:fs';
import { Secret } from '../../src/base/secret.ts';
import { keccakWord } from '../../src/chain/keccak.ts';
import type { SignedTransaction } from '../../src/chain/transaction.ts';
import { createExecutor } from '../../src/execution/executor.ts';
import { createLeafKeys } from '../../src/execution/leaf-keys.ts';
import { compilePolicy } from '../../src/policy/compile/compile-policy.ts';
import { createPolicy } from '../../src/policy/create-policy.ts';
import { blockOf, signerOf, stateOf, transactionOf } from '../execution/support.ts';

const SENDERS = 500;
const ROUNDS = 40;
const TARGET_PER_SECOND = 5_000;

const text = readFileSync(new URL('../../policies/large.yaml', import.meta.url), 'utf8');
const policy = createPolicy(compilePolicy(text, { salt: new Secret(new Uint8Array(32).fill(1)) }));
const everyRole = [...policy.roles.values()].reduce((mask, bit) => mask | (1n << BigInt(bit)), 0n);

const block = blockOf({ baseFee: 1n });
const state = stateOf(block);
const senders = Array.from({ length: SENDERS }, (_, i) => signerOf(i));
for (const { address } of senders) state.fund(address, 10n ** 24n).identify(address, { roles: everyRole });

const templates = senders.map((sender) =>
  transactionOf(sender, { maxFeePerGas: 2n, maxPriorityFeePerGas: 1n, gasLimit: 21_000n, value: 1n }),
);
const transactions: SignedTransaction[] = [];
for (let round = 0; round < ROUNDS; round++) {
  for (const [i, template] of templates.entries()) {
    const fresh = keccakWord(Buffer.from(`recipient ${round} ${i}`)) >> 96n;
    const to = i % 2 === 0 ? senders[(i * 7 + round) % SENDERS]!.address : fresh;
    if (i % 2 === 1) state.identify(to, { roles: everyRole });
    transactions.push({ ...template, nonce: BigInt(round), to });
  }
}

const executor = createExecutor({
  policy,
  keys: createLeafKeys(),
  isInListRoot() {
    throw new Error('no list root is set');
  },
});
const outcomes: Record<string, number> = {};
let changes = 0;
const started = performance.now();
for (const transaction of transactions) {
  const outcome = executor.executeTransaction(state, block, transaction);
  const name = outcome.kind === 'denied' ? `denied by ${outcome.ruleId}` : outcome.kind;
  outcomes[name] = (outcomes[name] ?? 0) + 1;
  if (outcome.kind !== 'executed') continue;
  changes += outcome.result.changes.length;
  for (const { key, after } of outcome.result.changes) state.leaves.set(key, after);
}
const seconds = (performance.now() - started) / 1000;
const perSecond = Math.round(transactions.length / seconds);
const ok = perSecond >= TARGET_PER_SECOND && outcomes['executed'] === transactions.length;
console.log(
  JSON.stringify({
    ok,
    transfersPerSecond: perSecond,
    transfers: transactions.length,
    changes,
    outcomes,
    targetPerSecond: TARGET_PER_SECOND,
  }),
);
process.exitCode = ok ? 0 : 1;
