/** The golden vectors through the Solidity libraries, in an EVM in this process: each field is cut out of the vector's own preimage. */

import { Common, Hardfork, Mainnet } from '@ethereumjs/common';
import { createEVM } from '@ethereumjs/evm';
import { decodeFunctionResult, encodeFunctionData, type Hex } from 'viem';
import { beforeAll, describe, expect, it } from 'vitest';
import { bytesToHex, hexToBytes } from '../../src/base/bytes.ts';
import type { ContractArtifact } from '../../src/settlement/compile-contracts.ts';
import { readVectors } from '../chain/read-vectors.ts';
import { compileHarness } from './codec-harness.ts';

const vectors = readVectors();

/** Cuts a hex string into pieces of so many bytes. */
function cut(bytes: string, ...lengths: readonly number[]): Hex[] {
  let at = 0;
  const pieces = lengths.map((length): Hex => {
    const piece: Hex = `0x${bytes.slice(2 * at, 2 * (at + length))}`;
    at += length;
    return piece;
  });
  if (2 * at !== bytes.length) throw new Error(`${bytes.length / 2} bytes are not ${at}`);
  return pieces;
}
const words = (bytes: string): Hex[] => cut(bytes, ...Array<number>(bytes.length / 64).fill(32));

interface Call {
  readonly functionName: string;
  readonly args: (preimage: string) => readonly unknown[];
}

/** The names are those of test/chain/vectors.json. */
const CALLS: Readonly<Record<string, Call>> = {
  'roll of the priority queue': {
    functionName: 'rollPriority',
    args(preimage) {
      const [roll, l1, bridge, chain, index, kind, sender, a, b] = cut(preimage, 32, 8, 20, 8, 8, 1, 20, 32, 32);
      return [
        roll,
        ...[BigInt(l1!), bridge, BigInt(chain!)],
        { index: BigInt(index!), kind: Number(kind), sender, a, b },
      ];
    },
  },
  message: {
    functionName: 'hashMessage',
    args(preimage) {
      const [l1, bridge, chain, batch, index, sender, recipient, token, amount] = cut(
        preimage,
        ...[8, 20, 8, 8, 4, 20, 20, 20, 16],
      );
      return [
        ...[BigInt(l1!), bridge, BigInt(chain!)],
        { batchNumber: BigInt(batch!), index: Number(index), sender, recipient, token, amount: BigInt(amount!) },
      ];
    },
  },
  // The library begins a batch's roll at 0 by itself.
  'roll of the first message': { functionName: 'rollAndRoot', args: (preimage) => [words(preimage).slice(1)] },
  commitment: {
    functionName: 'commitment',
    args(preimage) {
      const [, chainId, number, prev, stateRoot, recordsRoot, messagesRoll, priority, policyRoot, slot] =
        words(preimage);
      const batch = { batchNumber: BigInt(number!), stateRoot, recordsRoot, messagesRoll, policyRoot };
      return [BigInt(chainId!), prev, priority, { ...batch, slot: BigInt(slot!), priorityIndex: 0n }];
    },
  },
  'roll of sealed commitments': { functionName: 'rollSealed', args: (preimage) => words(preimage) },
  'stored batch': {
    functionName: 'hashStored',
    args(preimage) {
      const [number, stateRoot, recordsRoot, messagesRoll, index, policyRoot, slot, commitment, sealed_] =
        words(preimage);
      const roots = { stateRoot, recordsRoot, messagesRoll, policyRoot, commitment, sealed_ };
      return [{ ...roots, batchNumber: BigInt(number!), priorityIndex: BigInt(index!), slot: BigInt(slot!) }];
    },
  },
};

/** Vectors over bytes that Solidity does not compute. */
const NOT_IN_SOLIDITY: ReadonlyMap<string, string> = new Map([
  ['roll of messages', 'the library rolls a whole batch, from 0: the vector of the first message'],
  ['digest of a denial', "the operator's word"],
  ['digest of a denial that takes back a receipt', "the operator's word"],
]);

describe('golden vectors in Solidity', () => {
  let harness: ContractArtifact;
  let evm: Awaited<ReturnType<typeof createEVM>>;
  beforeAll(async () => {
    harness = await compileHarness();
    evm = await createEVM({ common: new Common({ chain: Mainnet, hardfork: Hardfork.Cancun }) });
  });

  const ask = async (name: string, preimage: string): Promise<bigint> => {
    const { functionName, args } = CALLS[name]!;
    const call = { abi: harness.abi, functionName };
    const { exceptionError, returnValue } = await evm.runCode({
      code: hexToBytes(harness.deployedBytecode),
      data: hexToBytes(encodeFunctionData({ ...call, args: [...args(preimage)] })),
      gasLimit: 1_000_000n,
      isStatic: true,
    });
    if (exceptionError !== undefined) throw new Error(`${name}: ${exceptionError.error}`);
    const result = decodeFunctionResult({ ...call, data: bytesToHex(returnValue) });
    return BigInt((Array.isArray(result) ? result[0] : result) as Hex);
  };

  const ofBytes = vectors.flatMap((vector) => ('bytes' in vector ? [vector] : []));

  it('are all those over bytes, but what no contract computes', () => {
    const expected = ofBytes.map(({ name }) => name).filter((name) => !NOT_IN_SOLIDITY.has(name));
    expect(Object.keys(CALLS).sort()).toEqual(expected.sort());
    expect(expected.length).toBeGreaterThan(5);
  });

  it.each(ofBytes.filter(({ name }) => name in CALLS).map((vector) => [vector.name, vector] as const))(
    '%s, and something else for another byte',
    async (name, { bytes, result }) => {
      expect(await ask(name, bytes)).toBe(result);
      const last = bytes.at(-1) === '0' ? '1' : '0';
      expect(await ask(name, `${bytes.slice(0, -1)}${last}`)).not.toBe(result);
    },
  );
});
