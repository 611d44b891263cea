// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @notice What holds after the first `index` operations of the priority queue.
struct PriorityCheckpoint {
    /// Rolling hash of those operations; 0 for none.
    bytes32 roll;
    /// Root set by the last SET_POLICY_ROOT among them, else the genesis root.
    bytes32 policyRoot;
    /// First slot in which that root is revoked; 0 when it is not.
    uint64 policyRevokedFrom;
    /// L1 time at which the next operation was requested; 0 when there is none.
    uint64 nextTimestamp;
}

/// @notice What the chain contract and the governor need of the bridge.
interface IPrivityBridge {
    function priorityCheckpoint(uint64 index) external view returns (PriorityCheckpoint memory);

    /// @notice Called once by the chain for each executed batch that has messages.
    function recordMessagesRoot(uint64 batchNumber, bytes32 root) external;

    function revokePolicyRoot(bytes32 root, uint64 fromSlot, bytes32 replacement) external;
}
