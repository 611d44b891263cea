/** The parts of Privity's contracts on Ethereum that the demo uses, as anybody would write them down from the documentation. */

import { parseAbi } from 'viem';

export const chainAbi = parseAbi([
  'struct StoredBatch { uint64 batchNumber; bytes32 stateRoot; bytes32 recordsRoot; bytes32 messagesRoll; uint64 priorityIndex; bytes32 policyRoot; uint64 slot; bytes32 commitment; bytes32 sealed_; }',
  'function CHAIN_ID() view returns (uint64)',
  'function committedCount() view returns (uint64)',
  'function provenCount() view returns (uint64)',
  'function executedCount() view returns (uint64)',
  'function execute(StoredBatch batch, bytes32[] messageHashes)',
  'event BatchCommitted(uint64 indexed batchNumber, bytes32 stateRoot, bytes32 commitment)',
  'event BatchesProven(uint64 indexed from, uint64 indexed to, bytes32 proofSystemId)',
  'event BatchExecuted(uint64 indexed batchNumber, bytes32 stateRoot, bytes32 messagesRoot)',
]);

export const bridgeAbi = parseAbi([
  'struct Message { uint64 batchNumber; uint32 index; address sender; address recipient; address token; uint128 amount; }',
  'function depositETH(address recipient) payable',
  'function finalizeWithdrawal(Message message, bytes32[8] siblings)',
  'function isWithdrawalFinalized(uint64 batchNumber, uint32 index) view returns (bool)',
  'function supply() view returns (uint256)',
]);
