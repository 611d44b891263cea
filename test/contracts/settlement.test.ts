import type { Hex } from 'viem';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bytesToHex, hexToBytes } from '../../src/base/bytes.ts';
import { PRIORITY_KIND } from '../../src/chain/constants.ts';
import { hashMessage, type Message } from '../../src/chain/message.ts';
import { type BatchData, flipBit, genesisBatch, type StoredBatch, storedBatch } from './batches.ts';
import { domainOf, messageArgs, siblingsOf } from './messages.ts';
import { readSettlementFixture, type SettlementFixture } from './settlement-fixture.ts';
import { expectSnapshot } from './snapshot.ts';
import { artifactsOfTests, type Call, CHAIN_ID, hex32, openStage, type Stage } from './stage.ts';

/** G1, the whole way: real batches committed, proved with real proofs by the generated verifier, executed, and their withdrawals paid. */

const SETTLEMENT_GAS_MAX = 1_300_000n;
const SEED = 20_261_123;

describe('a real settlement', () => {
  const recorded = readSettlementFixture();
  let stage: Stage;

  beforeAll(async () => {
    const artifacts = await artifactsOfTests();
    expect(BigInt(recorded.chainId), 'the fixture is of the test chain').toBe(CHAIN_ID);
    const interval = BigInt(recorded.batchIntervalSeconds);
    stage = await openStage({
      batchIntervalSeconds: interval,
      // The fixture's slots may lie far apart; deadlines are tested elsewhere.
      priorityDeadlineSeconds: 10n ** 9n,
      genesisPolicyRoot: BigInt(recorded.genesis.policyRoot),
      exitOnlyPolicyRoot: BigInt(recorded.exitOnlyPolicyRoot),
      genesisStateRoot: () => BigInt(recorded.genesis.stateRoot),
      verifier: { proofSystemId: recorded.proofSystemId, contract: artifacts.get('HonkVerifier') },
      startTime: BigInt(recorded.batches[0]!.slot) * interval,
    });
    expect(stage.deployment.bridge.toLowerCase(), 'the fixture names the bridge of this L1').toBe(
      recorded.bridge.toLowerCase(),
    );
    expect(stage.deployment.l1ChainId).toBe(BigInt(recorded.l1ChainId));
    for (const operation of recorded.operations) await stage.send(requestOf(operation));
    await stage.setTime((BigInt(recorded.batches.at(-1)!.slot) + 1n) * interval + 10_000n);
    await stage.save();
  });
  afterEach(() => stage.reset());
  afterAll(() => stage?.close());

  const requestOf = ({ kind, sender, a, b }: SettlementFixture['operations'][number]): Call => {
    const address = `0x${a.slice(-40)}`;
    const call = (fn: string, args: readonly unknown[], value = 0n): Call => ({
      who: sender,
      to: 'bridge',
      fn,
      args,
      value,
    });
    switch (kind) {
      case PRIORITY_KIND.DEPOSIT_ETH:
        return call('depositETH', [address], BigInt(b));
      case PRIORITY_KIND.FORCED_WITHDRAWAL:
        return call('requestForcedWithdrawal', [address, BigInt(b)]);
      case PRIORITY_KIND.SET_POLICY_ROOT:
        return call('setPolicyRoot', [a]);
      case PRIORITY_KIND.SET_LIST_ROOT:
        return call('setListRoot', [BigInt(a), b]);
      case PRIORITY_KIND.SET_IDENTITY:
        return call('setIdentity', [address, BigInt(b)]);
      case PRIORITY_KIND.SET_PARAMETER:
        return call('setParameter', [BigInt(a), BigInt(b)]);
      default:
        throw new Error(`the fixture has an operation of unknown kind ${kind}`);
    }
  };

  const dataOf = (batch: SettlementFixture['batches'][number]): BatchData => ({
    batchNumber: BigInt(batch.batchNumber),
    stateRoot: batch.stateRoot,
    recordsRoot: batch.recordsRoot,
    messagesRoll: batch.messagesRoll,
    priorityIndex: BigInt(batch.priorityIndex),
    policyRoot: batch.policyRoot,
    slot: BigInt(batch.slot),
  });
  const messagesOf = (batch: SettlementFixture['batches'][number]): Message[] =>
    batch.messages.map(({ sender, recipient, token, amount }, index) => ({
      batch: BigInt(batch.batchNumber),
      index,
      sender: BigInt(sender),
      recipient: BigInt(recipient),
      token: BigInt(token),
      amount: BigInt(amount),
    }));
  const genesis = () => genesisBatch(BigInt(recorded.genesis.stateRoot), BigInt(recorded.genesis.policyRoot));
  const prove = (stored: readonly StoredBatch[], from: number, to: number, proof: Hex): Call => ({
    who: 'prover',
    to: 'chain',
    fn: 'prove',
    args: [stored[from], stored[to], recorded.proofSystemId, proof],
  });

  /** Commits all batches, `change` applied to the data of each. */
  async function commitAll(change: (data: BatchData) => BatchData = (data) => data) {
    const stored = [genesis()];
    const gas: bigint[] = [];
    for (const batch of recorded.batches) {
      const previous = stored.at(-1)!;
      const data = change(dataOf(batch));
      const { roll } = await stage.read<{ roll: Hex }>('bridge', 'priorityCheckpoint', [data.priorityIndex]);
      gas.push((await stage.send({ who: 'committer', to: 'chain', fn: 'commit', args: [previous, data] })).gasUsed);
      stored.push(storedBatch(previous, data, BigInt(roll)));
    }
    return { stored, gas };
  }

  test('commit, prove, execute and claim, within the gas budget', async () => {
    const { stored, gas } = await commitAll();
    for (const [i, batch] of recorded.batches.entries()) {
      expect(stored[i + 1]).toMatchObject({ commitment: batch.commitment, sealed_: batch.sealed });
    }
    const proveGas: bigint[] = [];
    for (const { from, to, proof } of recorded.proofs) {
      proveGas.push((await stage.send(prove(stored, Number(from), Number(to), proof))).gasUsed);
      expect(await stage.refusal(prove(stored, Number(from), Number(to), proof)), 'twice').toBe('StoredBatchMismatch');
    }
    expect(await stage.read('chain', 'provenCount')).toBe(BigInt(recorded.proofs.at(-1)!.to));
    const executeGas: bigint[] = [];
    let claimed = 0;
    for (const [i, batch] of recorded.batches.slice(0, Number(recorded.proofs.at(-1)!.to)).entries()) {
      const messages = messagesOf(batch);
      const hashes = messages.map((message) => hex32(hashMessage(domainOf(stage), message)));
      const call: Call = { who: 'executor', to: 'chain', fn: 'execute', args: [stored[i + 1], hashes] };
      executeGas.push((await stage.send(call)).gasUsed);
      for (const message of messages) {
        await stage.send({
          who: 'stranger',
          to: 'bridge',
          fn: 'finalizeWithdrawal',
          args: [messageArgs(message), siblingsOf(hashes, message.index)],
        });
        claimed++;
      }
    }
    expect(claimed, 'the fixture has a withdrawal').toBeGreaterThan(0);
    const emptyAt = recorded.batches.findIndex((batch) => batch.messages.length === 0);
    expect(emptyAt, 'the fixture has a batch without messages').toBeGreaterThanOrEqual(0);
    const together = gas[emptyAt]! + proveGas[0]! + executeGas[emptyAt]!;
    expect(together).toBeLessThanOrEqual(SETTLEMENT_GAS_MAX);
    expectSnapshot('settlement-gas', { prove: Number(proveGas[0]!), commitProveExecute: Number(together) });
  });

  test('no proof with one bit changed is taken', async () => {
    const { stored } = await commitAll();
    const { from, to, proof } = recorded.proofs[0]!;
    const bytes = hexToBytes(proof);
    let state = SEED;
    const random = (end: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state % end;
    };
    const changed = (at: number, bit: number) => {
      const copy = Uint8Array.from(bytes);
      copy[at]! ^= 1 << bit;
      return bytesToHex(copy);
    };
    await stage.tentatively(() => stage.send(prove(stored, Number(from), Number(to), proof)));
    let rejected = 0;
    for (let i = 0; i < 40; i++) {
      const at = random(bytes.length);
      const bit = random(8);
      expect(
        await refused(prove(stored, Number(from), Number(to), changed(at, bit))),
        `seed ${SEED}, byte ${at} bit ${bit}`,
      ).toBe(true);
      rejected++;
    }
    for (const wrong of [
      '0x',
      bytesToHex(bytes.subarray(32)),
      bytesToHex(bytes.subarray(0, -32)),
      `${proof}00` as Hex,
    ] as const) {
      expect(await refused(prove(stored, Number(from), Number(to), wrong))).toBe(true);
      rejected++;
    }
    console.info(`${rejected} changed proofs rejected, seed ${SEED}`);
    expect(rejected).toBe(44);
  });

  test.each(['stateRoot', 'recordsRoot', 'messagesRoll'] as const)(
    'a proof is not taken for batches with one bit of %s changed',
    async (field) => {
      const { from, to, proof } = recorded.proofs[0]!;
      for (const bit of [0, 100, 250]) {
        await stage.tentatively(async () => {
          const { stored } = await commitAll((data) =>
            data.batchNumber === BigInt(to) ? flipBit(data, field, bit) : data,
          );
          expect(await refused(prove(stored, Number(from), Number(to), proof))).toBe(true);
        });
      }
    },
  );

  test('a proof of one range is not taken for another', async () => {
    const { stored } = await commitAll();
    const last = recorded.batches.length;
    const { from, to, proof } = recorded.proofs[0]!;
    let tried = 0;
    for (let end = Number(from) + 1; end <= last; end++) {
      if (end === Number(to)) continue;
      expect(await refused(prove(stored, Number(from), end, proof))).toBe(true);
      tried++;
    }
    expect(tried, 'the fixture has more than one range to try').toBeGreaterThan(0);
  });

  /** Refused by the verifier (it reverts in its own words, or says no), not by an earlier check. */
  async function refused(call: Call): Promise<boolean> {
    const error = await stage.refusal(call);
    expect(error).not.toMatch(
      /StoredBatchMismatch|AccessControl|BatchNot|ProofRangeEmpty|VerifierUnknown|VerifierRetired/,
    );
    return true;
  }
});
