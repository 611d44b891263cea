import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ContractArtifact, compileContracts } from '../../src/settlement/compile-contracts.ts';

const HARNESS = `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;
import {BatchCodec, BatchData, StoredBatch} from "libraries/BatchCodec.sol";
import {BridgeCodec, Message, PriorityOperation} from "libraries/BridgeCodec.sol";
import {MessageTree} from "libraries/MessageTree.sol";

contract Harness {
    function commitment(uint64 chainId, bytes32 prev, bytes32 roll, BatchData memory batch) external pure returns (bytes32) {
        return BatchCodec.hashCommitment(chainId, prev, roll, batch);
    }
    function rollSealed(bytes32 a, bytes32 b) external pure returns (bytes32) { return BatchCodec.rollSealed(a, b); }
    function rollPriority(bytes32 roll, uint64 l1, address bridge, uint64 chain, PriorityOperation memory operation)
        external pure returns (bytes32)
    {
        return BridgeCodec.rollPriority(roll, BridgeCodec.packDomain(l1, bridge, chain), operation);
    }
    function hashMessage(uint64 l1, address bridge, uint64 chain, Message calldata message) external pure returns (bytes32) {
        return BridgeCodec.hashMessage(BridgeCodec.packDomain(l1, bridge, chain), message);
    }
    function hashStored(StoredBatch memory batch) external pure returns (bytes32) { return BatchCodec.hashStored(batch); }
    function rollAndRoot(bytes32[] calldata hashes) external pure returns (bytes32, bytes32) {
        return MessageTree.rollAndRoot(hashes);
    }
}
`;

/** The internal functions of the libraries, callable one by one. */
export async function compileHarness(): Promise<ContractArtifact> {
  const dir = await mkdtemp(join(tmpdir(), 'privity-codec-'));
  try {
    const source = (path: string) => fileURLToPath(new URL(`../../contracts/src/${path}`, import.meta.url));
    await mkdir(join(dir, 'libraries'));
    for (const file of [
      'Constants.sol',
      'libraries/BatchCodec.sol',
      'libraries/BridgeCodec.sol',
      'libraries/MessageTree.sol',
    ]) {
      await copyFile(source(file), join(dir, file));
    }
    await writeFile(join(dir, 'Harness.sol'), HARNESS);
    const artifacts = await compileContracts({ cacheDir: join(tmpdir(), 'privity-contracts'), sourceDir: dir });
    return artifacts.get('Harness');
  } finally {
    await rm(dir, { recursive: true });
  }
}
