// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {
    FLAG_FROZEN,
    FR_MODULUS,
    KIND_SET_IDENTITY,
    KIND_SET_LIST_ROOT,
    KIND_SET_PARAMETER,
    KIND_SET_POLICY_ROOT,
    ROLE_COMPLIANCE,
    ROLE_OPERATOR,
    ROLE_REGISTRAR,
    SYSTEM_BLOCK,
    SYSTEM_COLLECTOR,
    SYSTEM_REGISTRAR_MASK,
    TX_GAS
} from "./Constants.sol";
import {IPrivityBridge, PriorityCheckpoint} from "./interfaces/IPrivityBridge.sol";
import {IPrivityChain} from "./interfaces/IPrivityChain.sol";
import {BridgeCodec, PriorityOperation} from "./libraries/BridgeCodec.sol";

/// @notice The queue of L1 -> L2 operations, and with it the schedule of policy roots (G3): each entry knows the root in force after it, so
/// L1 can tell for every batch which root it must have been judged under. Only governance changes policy, lists, identities and parameters.
///
/// Invariant: the root at the queue's end is never a revoked one, so there is always a way for the chain to go on.
abstract contract PriorityQueue is IPrivityBridge {
    struct Entry {
        bytes32 roll;
        uint64 timestamp;
        /// Position in `_policyHistory` of the root in force after this operation.
        uint64 policyEpoch;
    }

    struct PolicyStatus {
        bool approved;
        /// 0 when not revoked.
        uint64 revokedFrom;
    }

    struct QueueConfig {
        uint64 chainId;
        uint64 batchIntervalSeconds;
        address governor;
        IPrivityChain chain;
        /// The built-in root that denies all but exits: what a revocation falls back to. It cannot be revoked.
        bytes32 exitOnlyPolicyRoot;
    }

    error OnlyGovernor(address caller);
    error InvalidConfig();
    error InvalidRoot(bytes32 root);
    error PolicyRootNotApproved(bytes32 root);
    error PolicyRootIsRevoked(bytes32 root);
    error PolicyRootAlreadyApproved(bytes32 root);
    error ExitOnlyPolicyRootIsPermanent();
    error InvalidIdentity(address subject, uint256 value);
    error InvalidParameter(uint256 name, uint256 value);
    error IndexBeyondQueue(uint64 index, uint64 length);

    event PriorityOperationQueued(
        uint64 indexed index, uint8 indexed kind, address indexed sender, bytes32 a, bytes32 b, bytes32 roll, uint64 timestamp
    );
    event PolicyRootApproved(bytes32 indexed root);
    event PolicyRootRevoked(bytes32 indexed root, uint64 fromSlot);

    address public immutable GOVERNOR;
    IPrivityChain public immutable CHAIN;
    uint64 public immutable CHAIN_ID;
    uint64 private immutable _L1_CHAIN_ID;
    uint64 public immutable BATCH_INTERVAL_SECONDS;
    bytes32 public immutable EXIT_ONLY_POLICY_ROOT;

    Entry[] private _entries;
    /// Epoch 0 is genesis.
    bytes32[] private _policyHistory;
    mapping(bytes32 root => PolicyStatus) private _policyStatus;

    modifier onlyGovernor() {
        if (msg.sender != GOVERNOR) revert OnlyGovernor(msg.sender);
        _;
    }

    constructor(QueueConfig memory config) {
        if (config.chainId == 0 || config.batchIntervalSeconds == 0 || block.chainid > type(uint64).max) {
            revert InvalidConfig();
        }
        if (config.governor == address(0) || address(config.chain) == address(0)) revert InvalidConfig();
        _requireRoot(config.exitOnlyPolicyRoot);
        GOVERNOR = config.governor;
        CHAIN = config.chain;
        CHAIN_ID = config.chainId;
        _L1_CHAIN_ID = uint64(block.chainid);
        BATCH_INTERVAL_SECONDS = config.batchIntervalSeconds;
        EXIT_ONLY_POLICY_ROOT = config.exitOnlyPolicyRoot;
    }

    function _initializeQueue(bytes32 genesisPolicyRoot) internal {
        _requireRoot(genesisPolicyRoot);
        _policyHistory.push(genesisPolicyRoot);
        _policyStatus[genesisPolicyRoot].approved = true;
        _policyStatus[EXIT_ONLY_POLICY_ROOT].approved = true;
        emit PolicyRootApproved(genesisPolicyRoot);
        emit PolicyRootApproved(EXIT_ONLY_POLICY_ROOT);
    }

    // ---- what governance decides

    /// @notice Approves a root without putting it in force, so that a revocation may name it.
    function approvePolicyRoot(bytes32 root) external onlyGovernor {
        _requireRoot(root);
        if (_policyStatus[root].approved) revert PolicyRootAlreadyApproved(root);
        _policyStatus[root].approved = true;
        emit PolicyRootApproved(root);
    }

    /// @notice Approves a root, if it is not yet, and puts it in force as a priority operation.
    function setPolicyRoot(bytes32 root) external onlyGovernor {
        _requireRoot(root);
        PolicyStatus storage status = _policyStatus[root];
        if (status.revokedFrom != 0) revert PolicyRootIsRevoked(root);
        if (!status.approved) {
            status.approved = true;
            emit PolicyRootApproved(root);
        }
        _changePolicy(root);
    }

    /// @notice No batch of slot max(fromSlot, last committed slot + 1) or later is accepted under `root`. When it is the one at the queue's
    /// end, a change to `replacement` is queued (0: the exit-only root). A revocation may be moved to an earlier slot, never back.
    function revokePolicyRoot(bytes32 root, uint64 fromSlot, bytes32 replacement) external onlyGovernor {
        if (root == EXIT_ONLY_POLICY_ROOT) revert ExitOnlyPolicyRootIsPermanent();
        PolicyStatus storage status = _policyStatus[root];
        if (!status.approved) revert PolicyRootNotApproved(root);
        uint64 earliest = CHAIN.lastCommittedSlot() + 1;
        uint64 effective = fromSlot > earliest ? fromSlot : earliest;
        if (status.revokedFrom != 0 && effective >= status.revokedFrom) revert PolicyRootIsRevoked(root);
        status.revokedFrom = effective;
        emit PolicyRootRevoked(root, effective);

        bytes32 next = replacement == 0 ? EXIT_ONLY_POLICY_ROOT : replacement;
        PolicyStatus storage nextStatus = _policyStatus[next];
        if (!nextStatus.approved) revert PolicyRootNotApproved(next);
        if (nextStatus.revokedFrom != 0) revert PolicyRootIsRevoked(next);
        if (_policyHistory[_policyHistory.length - 1] == root) _changePolicy(next);
    }

    function setListRoot(uint64 listId, bytes32 root) external onlyGovernor {
        _requireRoot(root);
        _enqueue(KIND_SET_LIST_ROOT, bytes32(uint256(listId)), root);
    }

    /// @param value An IDENTITY leaf: flags << 192 | expiry << 128 | role bits.
    function setIdentity(address subject, uint256 value) external onlyGovernor {
        if (subject == address(0) || value >> 192 > FLAG_FROZEN) revert InvalidIdentity(subject, value);
        _enqueue(KIND_SET_IDENTITY, bytes32(uint256(uint160(subject))), bytes32(value));
    }

    /// @notice Refuses what the chain would refuse (docs/PROTOCOL.md 7), and what would let a registrar hand out administrative roles.
    function setParameter(uint256 name, uint256 value) external onlyGovernor {
        if (!_isValidParameter(name, value)) revert InvalidParameter(name, value);
        _enqueue(KIND_SET_PARAMETER, bytes32(name), bytes32(value));
    }

    // ---- views

    function priorityQueueLength() public view returns (uint64) {
        return uint64(_entries.length);
    }

    function priorityEntry(uint64 index) external view returns (bytes32 roll, uint64 timestamp, bytes32 policyRoot) {
        if (index >= _entries.length) revert IndexBeyondQueue(index, priorityQueueLength());
        Entry storage found = _entries[index];
        return (found.roll, found.timestamp, _policyHistory[found.policyEpoch]);
    }

    function priorityCheckpoint(uint64 index) external view returns (PriorityCheckpoint memory checkpoint) {
        uint256 length = _entries.length;
        if (index > length) revert IndexBeyondQueue(index, uint64(length));
        uint256 epoch = 0;
        if (index > 0) {
            Entry storage last = _entries[index - 1];
            checkpoint.roll = last.roll;
            epoch = last.policyEpoch;
        }
        checkpoint.policyRoot = _policyHistory[epoch];
        checkpoint.policyRevokedFrom = _policyStatus[checkpoint.policyRoot].revokedFrom;
        if (index < length) checkpoint.nextTimestamp = _entries[index].timestamp;
    }

    function policyStatus(bytes32 root) external view returns (PolicyStatus memory) {
        return _policyStatus[root];
    }

    function L1_CHAIN_ID() public view returns (uint256) {
        return _L1_CHAIN_ID;
    }

    // ---- inside

    function _domain() internal view returns (bytes memory) {
        return BridgeCodec.packDomain(_L1_CHAIN_ID, address(this), CHAIN_ID);
    }

    function _enqueue(uint8 kind, bytes32 a, bytes32 b) internal {
        uint256 length = _entries.length;
        bytes32 roll = length == 0 ? bytes32(0) : _entries[length - 1].roll;
        PriorityOperation memory operation = PriorityOperation(uint64(length), kind, msg.sender, a, b);
        roll = BridgeCodec.rollPriority(roll, _domain(), operation);
        _entries.push(Entry(roll, uint64(block.timestamp), uint64(_policyHistory.length - 1)));
        emit PriorityOperationQueued(operation.index, kind, msg.sender, a, b, roll, uint64(block.timestamp));
    }

    function _changePolicy(bytes32 root) private {
        _policyHistory.push(root);
        _enqueue(KIND_SET_POLICY_ROOT, root, 0);
    }

    function _isValidParameter(uint256 name, uint256 value) private view returns (bool) {
        if (name == SYSTEM_BLOCK) {
            uint256 gasLimit = value >> 192;
            uint256 feeMode = uint64(value >> 64);
            return gasLimit >= TX_GAS && feeMode <= 1 && uint64(value) == BATCH_INTERVAL_SECONDS;
        }
        if (name == SYSTEM_COLLECTOR) return value >> 160 == 0;
        if (name == SYSTEM_REGISTRAR_MASK) {
            return value >> 128 == 0 && value & (ROLE_OPERATOR | ROLE_REGISTRAR | ROLE_COMPLIANCE) == 0;
        }
        return false;
    }

    function _requireRoot(bytes32 root) private pure {
        if (root == 0 || uint256(root) >= FR_MODULUS) revert InvalidRoot(root);
    }
}
