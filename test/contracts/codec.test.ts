import { createHash } from 'node:crypto';
import { createTestClient, type Hex, http, type PublicActions, publicActions, type TestClient } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashCommitment, rollSealed } from '../../src/chain/commitment.ts';
import { hashMessage, rollMessage } from '../../src/chain/message.ts';
import { type PriorityKind, rollPriority } from '../../src/chain/priority-operation.ts';
import type { ContractArtifact } from '../../src/settlement/compile-contracts.ts';
import { buildMessageTree } from '../../src/settlement/message-tree.ts';
import { type Anvil, startAnvil } from '../support/anvil.ts';
import { compileHarness } from './codec-harness.ts';
import { hex32 } from './stage.ts';

/** The Solidity libraries against the TypeScript encoders, on values drawn from a fixed seed, extremes first. */

const SEED = 'codec 1';
const ROUNDS = 24;

let anvil: Anvil;
let client: TestClient & PublicActions;
let harness: ContractArtifact;

beforeAll(async () => {
  harness = await compileHarness();
  anvil = await startAnvil();
  client = createTestClient({ mode: 'anvil', transport: http(anvil.url) }).extend(publicActions);
  await client.setCode({ address: HARNESS_ADDRESS, bytecode: harness.deployedBytecode });
});
afterAll(() => anvil?.stop());

const HARNESS_ADDRESS: Hex = `0x${'c0'.repeat(20)}`;
const ask = <T>(functionName: string, args: readonly unknown[]): Promise<T> =>
  client.readContract({ address: HARNESS_ADDRESS, abi: harness.abi, functionName, args: [...args] }) as Promise<T>;

/** Round 0 is all zeros, round 1 all ones, the rest is drawn. */
function draw(round: number, name: string, bits: number): bigint {
  if (round === 0) return 0n;
  if (round === 1) return (1n << BigInt(bits)) - 1n;
  return BigInt(`0x${createHash('sha256').update(`${SEED} ${round} ${name}`).digest('hex')}`) >> BigInt(256 - bits);
}
const address = (value: bigint): Hex => `0x${value.toString(16).padStart(40, '0')}`;

test(`commitment, seal, priority roll, message and tree agree over ${ROUNDS} draws (seed "${SEED}")`, async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const d = (name: string, bits: number) => draw(round, name, bits);
    const domain = { l1ChainId: d('l1', 64), bridge: d('bridge', 160), chainId: d('chain', 64) };
    const place = [domain.l1ChainId, address(domain.bridge), domain.chainId] as const;

    const batch = {
      batchNumber: d('n', 64),
      stateRoot: d('s', 256),
      recordsRoot: d('r', 256),
      messagesRoll: d('m', 256),
      policyRoot: d('p', 256),
      slot: d('slot', 64),
    };
    const commitment = hashCommitment({
      ...batch,
      chainId: domain.chainId,
      prevStateRoot: d('prev', 256),
      priorityRoll: d('roll', 256),
    });
    const data = {
      ...batch,
      stateRoot: hex32(batch.stateRoot),
      recordsRoot: hex32(batch.recordsRoot),
      messagesRoll: hex32(batch.messagesRoll),
      policyRoot: hex32(batch.policyRoot),
      priorityIndex: d('index', 64),
    };
    expect(await ask('commitment', [domain.chainId, hex32(d('prev', 256)), hex32(d('roll', 256)), data])).toBe(
      hex32(commitment),
    );
    expect(await ask('rollSealed', [hex32(d('sealed', 256)), hex32(commitment)])).toBe(
      hex32(rollSealed(d('sealed', 256), commitment)),
    );

    const operation = {
      index: d('i', 64),
      kind: Number(d('kind', 8)) as PriorityKind,
      sender: d('sender', 160),
      a: d('a', 256),
      b: d('b', 256),
    };
    const solidity = { ...operation, sender: address(operation.sender), a: hex32(operation.a), b: hex32(operation.b) };
    expect(await ask('rollPriority', [hex32(d('roll', 256)), ...place, solidity])).toBe(
      hex32(rollPriority(d('roll', 256), domain, operation)),
    );

    const message = {
      batch: d('b', 64),
      index: Number(d('mi', 32)),
      sender: d('ms', 160),
      recipient: d('mr', 160),
      token: d('mt', 160),
      amount: d('ma', 128),
    };
    const given = {
      batchNumber: message.batch,
      index: message.index,
      sender: address(message.sender),
      recipient: address(message.recipient),
      token: address(message.token),
      amount: message.amount,
    };
    expect(await ask('hashMessage', [...place, given])).toBe(hex32(hashMessage(domain, message)));

    const hashes = Array.from({ length: round === 1 ? 256 : round + 1 }, (_, i) => d(`h${i}`, 256));
    const roll = hashes.reduce((r, h) => rollMessage(r, h), 0n);
    expect(await ask('rollAndRoot', [hashes.map(hex32)])).toEqual([hex32(roll), hex32(buildMessageTree(hashes).root)]);
  }
});
