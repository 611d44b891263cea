import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashMessage } from '../../src/chain/message.ts';
import { genesisBatch, nextBatch, type StoredBatch, storedBatch } from './batches.ts';
import { domainOf, messageArgs, rollOf, siblingsOf, withdrawal } from './messages.ts';
import { expectSnapshot } from './snapshot.ts';
import { type Call, GENESIS_SLOT, GENESIS_TIME, hex32, INTERVAL, openStage, type Stage } from './stage.ts';

/**
 * What each step costs, on fixed keys, roots and times, so that the figures are exact. What prove costs is measured with a real proof by
 * settlement.test.ts; commit and execute must leave it room within the 1,300,000 of the three.
 */

const THREE_STEPS_GAS_MAX = 1_300_000n;
/** Whole transaction of an optimized ZK verifier at 2^21 gates, as measured before the circuits were built. */
const PROVE_GAS_EXPECTED = 1_000_000n;

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

test('gas per function, per message and per operation', async () => {
  let time = GENESIS_TIME + 1000n;
  const gasOf = async (call: Call): Promise<bigint> => {
    time += 12n;
    await stage.setTime(time);
    time += 12n;
    await stage.client.setNextBlockTimestamp({ timestamp: time });
    return (await stage.send(call)).gasUsed;
  };
  const customer = stage.addressOf('customer');
  const deposit: Call = { who: 'customer', to: 'bridge', fn: 'depositETH', args: [customer], value: 10n ** 18n };
  const force: Call = { who: 'customer', to: 'bridge', fn: 'requestForcedWithdrawal', args: [customer, 10n ** 15n] };
  const depositFirst = await gasOf(deposit);
  const depositNext = await gasOf(deposit);
  const forcedWithdrawal = await gasOf(force);
  // Never processed below, so that every commit finds a next operation.
  await gasOf(force);

  let previous: StoredBatch = genesisBatch();
  const hashesOf = (count: number, batch: bigint) =>
    Array.from({ length: count }, (_, i) =>
      hashMessage(domainOf(stage), withdrawal(batch, i, customer, 10n ** 15n + BigInt(i))),
    );
  const settle = async (messages: number, priorityIndex: bigint) => {
    const slot = GENESIS_SLOT + 4n + previous.batchNumber;
    const number = previous.batchNumber + 1n;
    const hashes = hashesOf(messages, number);
    time = (slot + 1n) * INTERVAL;
    const checkpoint = await stage.read<{ roll: string }>('bridge', 'priorityCheckpoint', [priorityIndex]);
    // Roots without zero bytes: what a real root costs in calldata.
    const dense = (seed: bigint) =>
      hex32((seed * 0x0101010101010101010101010101010101010101010101010101010101010101n) % (1n << 253n));
    const batch = nextBatch(previous, slot, {
      stateRoot: dense(0x21n + number),
      recordsRoot: dense(0x41n + number),
      messagesRoll: hex32(rollOf(hashes)),
      priorityIndex,
    });
    const commit = await gasOf({ who: 'committer', to: 'chain', fn: 'commit', args: [previous, batch] });
    previous = storedBatch(previous, batch, BigInt(checkpoint.roll));
    await stage.setProvenCount(number);
    const execute = await gasOf({ who: 'executor', to: 'chain', fn: 'execute', args: [previous, hashes.map(hex32)] });
    return { commit, execute, hashes };
  };

  await settle(0, 0n);
  const empty = await settle(0, 0n);
  const oneOperation = await settle(0, 1n);
  const threeOperations = await settle(0, 3n);
  const oneMessage = await settle(1, 3n);
  const allMessages = await settle(256, 3n);
  const claim = (index: number): Call => ({
    who: 'stranger',
    to: 'bridge',
    fn: 'finalizeWithdrawal',
    args: [
      messageArgs(withdrawal(6n, index, customer, 10n ** 15n + BigInt(index))),
      siblingsOf(allMessages.hashes.map(hex32), index),
    ],
  });
  const claimFirst = await gasOf(claim(0));
  const claimNext = await gasOf(claim(1));

  expect(empty.commit + PROVE_GAS_EXPECTED + empty.execute).toBeLessThanOrEqual(THREE_STEPS_GAS_MAX);
  const figures = {
    commitEmptyBatch: empty.commit,
    commitWithOperations: oneOperation.commit,
    commitMarginalPerOperation: (threeOperations.commit - oneOperation.commit) / 2n,
    executeEmptyBatch: empty.execute,
    executeOneMessage: oneMessage.execute,
    execute256Messages: allMessages.execute,
    executeMarginalPerMessage: (allMessages.execute - oneMessage.execute) / 255n,
    depositETHFirst: depositFirst,
    depositETH: depositNext,
    requestForcedWithdrawal: forcedWithdrawal,
    finalizeWithdrawalFirstOfBatch: claimFirst,
    finalizeWithdrawal: claimNext,
  };
  expectSnapshot('gas', Object.fromEntries(Object.entries(figures).map(([name, gas]) => [name, Number(gas)])));
});
