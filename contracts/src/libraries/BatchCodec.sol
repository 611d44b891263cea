// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {STATEMENT_VERSION} from "../Constants.sol";

/// @notice What the committer says of a batch; everything else L1 knows or computes itself.
struct BatchData {
    uint64 batchNumber;
    bytes32 stateRoot;
    bytes32 recordsRoot;
    bytes32 messagesRoll;
    /// Priority operations processed so far, those of this batch included.
    uint64 priorityIndex;
    bytes32 policyRoot;
    uint64 slot;
}

/// @notice A committed batch. L1 stores only the hash; callers hand the struct back.
struct StoredBatch {
    uint64 batchNumber;
    bytes32 stateRoot;
    bytes32 recordsRoot;
    bytes32 messagesRoll;
    uint64 priorityIndex;
    bytes32 policyRoot;
    uint64 slot;
    bytes32 commitment;
    /// Rolling hash of all commitments since genesis.
    bytes32 sealed_;
}

/// @notice docs/PROTOCOL.md 7: commitment and seal of a batch.
library BatchCodec {
    function hashStored(StoredBatch memory batch) internal pure returns (bytes32) {
        return keccak256(abi.encode(batch));
    }

    function hashCommitment(uint64 chainId, bytes32 prevStateRoot, bytes32 priorityRoll, BatchData memory batch)
        internal
        pure
        returns (bytes32)
    {
        return sha256(
            abi.encode(
                STATEMENT_VERSION,
                chainId,
                batch.batchNumber,
                prevStateRoot,
                batch.stateRoot,
                batch.recordsRoot,
                batch.messagesRoll,
                priorityRoll,
                batch.policyRoot,
                batch.slot
            )
        );
    }

    function rollSealed(bytes32 sealed_, bytes32 commitment) internal pure returns (bytes32) {
        return sha256(bytes.concat(sealed_, commitment));
    }

    /// @notice The wrap proof's public inputs: both seals as 128-bit limbs, high limb first.
    function publicInputs(bytes32 sealedBefore, bytes32 sealedAfter) internal pure returns (bytes32[] memory inputs) {
        inputs = new bytes32[](4);
        inputs[0] = sealedBefore >> 128;
        inputs[1] = bytes32(uint256(uint128(uint256(sealedBefore))));
        inputs[2] = sealedAfter >> 128;
        inputs[3] = bytes32(uint256(uint128(uint256(sealedAfter))));
    }
}
