import { readFileSync } from 'node:fs';
import type { Hex } from 'viem';

/**
 * test/fixtures/settlement.json: real batches of a small chain with the wrap proofs over them, recorded by `npm run record:settlement`. The chain's genesis names the
 * bridge that a fresh L1 gives to the first deployment by the test deployer (with a verifier), so that rolls and messages fit it.
 * Integers are decimal strings, words and addresses hex.
 */
export interface SettlementFixture {
  readonly chainId: string;
  readonly l1ChainId: string;
  readonly bridge: Hex;
  readonly batchIntervalSeconds: string;
  readonly genesis: { readonly stateRoot: Hex; readonly policyRoot: Hex };
  readonly exitOnlyPolicyRoot: Hex;
  readonly proofSystemId: Hex;
  /** Operations in the order of the queue; those of governance have the governor as sender. */
  readonly operations: readonly { readonly kind: number; readonly sender: Hex; readonly a: Hex; readonly b: Hex }[];
  readonly batches: readonly {
    readonly batchNumber: string;
    readonly stateRoot: Hex;
    readonly recordsRoot: Hex;
    readonly messagesRoll: Hex;
    readonly priorityIndex: string;
    readonly policyRoot: Hex;
    readonly slot: string;
    /** What the chain computed; L1 must come to the same. */
    readonly commitment: Hex;
    readonly sealed: Hex;
    readonly messages: readonly {
      readonly sender: Hex;
      readonly recipient: Hex;
      readonly token: Hex;
      readonly amount: string;
    }[];
  }[];
  /** Each proves the batches after `from` up to `to`; in order, without gaps. */
  readonly proofs: readonly { readonly from: string; readonly to: string; readonly proof: Hex }[];
}

const FIXTURE = new URL('../fixtures/settlement.json', import.meta.url);

export const readSettlementFixture = (): SettlementFixture =>
  JSON.parse(readFileSync(FIXTURE, 'utf8')) as SettlementFixture;
