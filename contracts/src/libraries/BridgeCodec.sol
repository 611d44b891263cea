// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @notice An operation that L1 queues for the chain.
struct PriorityOperation {
    uint64 index;
    uint8 kind;
    /// L1 msg.sender of the request.
    address sender;
    bytes32 a;
    bytes32 b;
}

/// @notice A message from the chain to L1: an asset that left it.
struct Message {
    uint64 batchNumber;
    /// 0-based position in its batch.
    uint32 index;
    /// System contract that speaks: 0x...800A for ETH.
    address sender;
    address recipient;
    /// L1 token; 0 for ETH.
    address token;
    uint128 amount;
}

/// @notice docs/PROTOCOL.md 7: hashes of what crosses the bridge. `domain` is u64 l1ChainId || bridge || u64 chainId.
library BridgeCodec {
    function packDomain(uint64 l1ChainId, address bridge, uint64 chainId) internal pure returns (bytes memory) {
        return abi.encodePacked(l1ChainId, bridge, chainId);
    }

    function rollPriority(bytes32 roll, bytes memory domain, PriorityOperation memory operation)
        internal
        pure
        returns (bytes32)
    {
        return sha256(
            abi.encodePacked(
                roll, domain, operation.index, operation.kind, operation.sender, operation.a, operation.b
            )
        );
    }

    function hashMessage(bytes memory domain, Message calldata message) internal pure returns (bytes32) {
        return sha256(
            abi.encodePacked(
                domain,
                message.batchNumber,
                message.index,
                message.sender,
                message.recipient,
                message.token,
                message.amount
            )
        );
    }
}
