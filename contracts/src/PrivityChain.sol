// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import {PausableUpgradeable} from "@openzeppelin/contracts-upgradeable/utils/PausableUpgradeable.sol";
import {STATEMENT_VERSION} from "./Constants.sol";
import {IPrivityBridge, PriorityCheckpoint} from "./interfaces/IPrivityBridge.sol";
import {IPrivityChain} from "./interfaces/IPrivityChain.sol";
import {IVerifierRegistry} from "./interfaces/IVerifierRegistry.sol";
import {BatchCodec, BatchData, StoredBatch} from "./libraries/BatchCodec.sol";
import {MessageTree} from "./libraries/MessageTree.sol";

/// @notice The chain as Ethereum sees it: batches committed, proved and executed by three different keys. Nothing but a valid proof moves
/// `provenCount` forward (G1); a batch counts only under the policy root in force and not revoked for its slot (G3); what is stored and
/// logged is batch numbers and roots (G4).
contract PrivityChain is IPrivityChain, AccessControlUpgradeable, PausableUpgradeable, UUPSUpgradeable {
    using BatchCodec for StoredBatch;

    struct ChainConfig {
        uint64 chainId;
        uint64 batchIntervalSeconds;
        address governor;
        IPrivityBridge bridge;
        IVerifierRegistry verifiers;
    }

    struct InitialRoles {
        address committer;
        address prover;
        address executor;
        address reverter;
        address[] guardians;
    }

    bytes32 public constant COMMITTER_ROLE = keccak256("COMMITTER_ROLE");
    bytes32 public constant PROVER_ROLE = keccak256("PROVER_ROLE");
    bytes32 public constant EXECUTOR_ROLE = keccak256("EXECUTOR_ROLE");
    /// May take back batches that are not executed.
    bytes32 public constant REVERTER_ROLE = keccak256("REVERTER_ROLE");
    /// May halt the chain; only governance resumes it.
    bytes32 public constant GUARDIAN_ROLE = keccak256("GUARDIAN_ROLE");

    /// A batch that processes this many operations has done its share, even if it leaves an overdue one: as many withdrawals as fit in one
    /// batch. Without this, a queue grown long in an outage could ask for a batch that cannot exist.
    uint64 public constant OPERATIONS_SHARE = 256;

    error OnlyGovernor(address caller);
    error InvalidConfig();
    error InvalidPriorityDeadline(uint64 priorityDeadlineSeconds);
    error AdminIsGovernor(address account);
    error OperatorRolesMustDiffer(address account);
    error StoredBatchMismatch(uint64 batchNumber);
    error BatchOutOfOrder(uint64 batchNumber, uint64 expected);
    error SlotNotIncreasing(uint64 slot, uint64 lastSlot);
    error SlotNotOver(uint64 slot, uint256 slotEnd, uint256 timestamp);
    error PriorityIndexDecreasing(uint64 index, uint64 lastIndex);
    error PriorityOperationOverdue(uint64 index, uint64 timestamp);
    error PolicyRootNotInForce(bytes32 root, bytes32 inForce);
    error PolicyRootRevoked(bytes32 root, uint64 fromSlot);
    error RevertedBatchChanged(uint64 batchNumber);
    error BatchNotCommitted(uint64 batchNumber);
    error BatchNotProven(uint64 batchNumber);
    error BatchAlreadyExecuted(uint64 batchNumber);
    error ProofRangeEmpty(uint64 from, uint64 to);
    error ProofRejected();
    error MessagesMismatch(bytes32 roll, bytes32 committed);

    event BatchCommitted(uint64 indexed batchNumber, bytes32 stateRoot, bytes32 commitment);
    event BatchesProven(uint64 indexed from, uint64 indexed to, bytes32 proofSystemId);
    event BatchExecuted(uint64 indexed batchNumber, bytes32 stateRoot, bytes32 messagesRoot);
    event BatchesReverted(uint64 committedCount, uint64 provenCount);
    event PriorityDeadlineChanged(uint64 priorityDeadlineSeconds);

    uint64 public immutable CHAIN_ID;
    uint64 public immutable BATCH_INTERVAL_SECONDS;
    address public immutable GOVERNOR;
    IPrivityBridge public immutable BRIDGE;
    IVerifierRegistry public immutable VERIFIERS;

    /// committedCount >= provenCount >= executedCount; each is the number of the last such batch, 0 being genesis.
    uint64 public committedCount;
    uint64 public provenCount;
    uint64 public executedCount;
    uint64 public lastCommittedSlot;
    /// Age in seconds, at the end of a batch's slot, at which an operation must have been processed.
    uint64 public priorityDeadlineSeconds;
    mapping(uint256 batchNumber => bytes32) private _storedBatchHash;

    modifier onlyGovernor() {
        if (msg.sender != GOVERNOR) revert OnlyGovernor(msg.sender);
        _;
    }

    constructor(ChainConfig memory config) {
        if (config.chainId == 0 || config.batchIntervalSeconds == 0 || config.governor == address(0)) {
            revert InvalidConfig();
        }
        if (address(config.bridge) == address(0) || address(config.verifiers) == address(0)) revert InvalidConfig();
        CHAIN_ID = config.chainId;
        BATCH_INTERVAL_SECONDS = config.batchIntervalSeconds;
        GOVERNOR = config.governor;
        BRIDGE = config.bridge;
        VERIFIERS = config.verifiers;
        _disableInitializers();
    }

    /// @param genesisStateRoot Rebuilt by anyone from the published genesis file (docs/PROTOCOL.md 8).
    function initialize(bytes32 genesisStateRoot, uint64 priorityDeadline, InitialRoles calldata roles)
        external
        initializer
    {
        if (genesisStateRoot == 0) revert InvalidConfig();
        __AccessControl_init();
        __Pausable_init();
        _grantRole(DEFAULT_ADMIN_ROLE, GOVERNOR);
        _grantRole(COMMITTER_ROLE, roles.committer);
        _grantRole(PROVER_ROLE, roles.prover);
        _grantRole(EXECUTOR_ROLE, roles.executor);
        _grantRole(REVERTER_ROLE, roles.reverter);
        for (uint256 i = 0; i < roles.guardians.length; ++i) {
            _grantRole(GUARDIAN_ROLE, roles.guardians[i]);
        }
        _setPriorityDeadline(priorityDeadline);

        StoredBatch memory genesis;
        genesis.stateRoot = genesisStateRoot;
        genesis.policyRoot = BRIDGE.priorityCheckpoint(0).policyRoot;
        _storedBatchHash[0] = genesis.hashStored();
        emit BatchCommitted(0, genesisStateRoot, 0);
    }

    // ---- settlement

    /// @param previous The last committed batch, as it was stored.
    function commit(StoredBatch calldata previous, BatchData calldata batch)
        external
        onlyRole(COMMITTER_ROLE)
        whenNotPaused
    {
        uint64 number = committedCount + 1;
        if (batch.batchNumber != number) revert BatchOutOfOrder(batch.batchNumber, number);
        _requireStored(previous, number - 1);
        PriorityCheckpoint memory checkpoint = _checkSchedule(previous, batch);

        bytes32 commitment = BatchCodec.hashCommitment(CHAIN_ID, previous.stateRoot, checkpoint.roll, batch);
        StoredBatch memory stored = StoredBatch({
            batchNumber: number,
            stateRoot: batch.stateRoot,
            recordsRoot: batch.recordsRoot,
            messagesRoll: batch.messagesRoll,
            priorityIndex: batch.priorityIndex,
            policyRoot: batch.policyRoot,
            slot: batch.slot,
            commitment: commitment,
            sealed_: BatchCodec.rollSealed(previous.sealed_, commitment)
        });
        bytes32 storedHash = stored.hashStored();
        // Slots before a revocation are for what was committed before it: a batch taken back comes again as it was, or under another root.
        bytes32 takenBack = _storedBatchHash[number];
        if (checkpoint.policyRevokedFrom != 0 && takenBack != 0 && takenBack != storedHash) {
            revert RevertedBatchChanged(number);
        }
        _storedBatchHash[number] = storedHash;
        committedCount = number;
        lastCommittedSlot = batch.slot;
        emit BatchCommitted(number, batch.stateRoot, commitment);
    }

    /// @notice One proof for all batches after `from` up to `to`. Its public inputs come from what is stored, never from the caller.
    /// @param from The last proven batch.
    function prove(StoredBatch calldata from, StoredBatch calldata to, bytes32 proofSystemId, bytes calldata proof)
        external
        onlyRole(PROVER_ROLE)
        whenNotPaused
    {
        _requireStored(from, provenCount);
        if (to.batchNumber <= from.batchNumber) revert ProofRangeEmpty(from.batchNumber, to.batchNumber);
        if (to.batchNumber > committedCount) revert BatchNotCommitted(to.batchNumber);
        _requireStored(to, to.batchNumber);
        bool valid = VERIFIERS.activeVerifier(proofSystemId, STATEMENT_VERSION).verify(
            proof, BatchCodec.publicInputs(from.sealed_, to.sealed_)
        );
        if (!valid) revert ProofRejected();
        provenCount = to.batchNumber;
        emit BatchesProven(from.batchNumber, to.batchNumber, proofSystemId);
    }

    /// @notice Makes a proven batch final and its withdrawals claimable.
    /// @param messageHashes Hashes of the batch's messages, in order.
    function execute(StoredBatch calldata batch, bytes32[] calldata messageHashes)
        external
        onlyRole(EXECUTOR_ROLE)
        whenNotPaused
    {
        uint64 number = executedCount + 1;
        if (batch.batchNumber != number) revert BatchOutOfOrder(batch.batchNumber, number);
        if (number > provenCount) revert BatchNotProven(number);
        _requireStored(batch, number);
        bytes32 root = 0;
        if (messageHashes.length == 0) {
            if (batch.messagesRoll != 0) revert MessagesMismatch(0, batch.messagesRoll);
        } else {
            bytes32 roll;
            (roll, root) = MessageTree.rollAndRoot(messageHashes);
            if (roll != batch.messagesRoll) revert MessagesMismatch(roll, batch.messagesRoll);
        }
        executedCount = number;
        emit BatchExecuted(number, batch.stateRoot, root);
        if (root != 0) BRIDGE.recordMessagesRoot(number, root);
    }

    /// @notice Takes back every batch after `last`, which must be executed or later. Possible while halted.
    function revertBatches(StoredBatch calldata last) external onlyRole(REVERTER_ROLE) {
        uint64 number = last.batchNumber;
        if (number < executedCount) revert BatchAlreadyExecuted(number + 1);
        if (number >= committedCount) revert BatchNotCommitted(number + 1);
        _requireStored(last, number);
        committedCount = number;
        lastCommittedSlot = last.slot;
        if (provenCount > number) provenCount = number;
        emit BatchesReverted(number, provenCount);
    }

    // ---- governance

    /// @notice Stops commits, proofs, executions, deposits and claims: a guardian at once, or two people of governance.
    function halt() external {
        if (msg.sender != GOVERNOR) _checkRole(GUARDIAN_ROLE);
        _pause();
    }

    function resume() external onlyGovernor {
        _unpause();
    }

    function setPriorityDeadline(uint64 priorityDeadline) external onlyGovernor {
        _setPriorityDeadline(priorityDeadline);
    }

    // ---- views

    /// @notice Hash of a committed batch's StoredBatch; 0 when no such batch stands.
    function storedBatchHash(uint256 batchNumber) public view returns (bytes32) {
        return batchNumber > committedCount ? bytes32(0) : _storedBatchHash[batchNumber];
    }

    function paused() public view override(IPrivityChain, PausableUpgradeable) returns (bool) {
        return super.paused();
    }

    // ---- inside

    /// Slots, the priority queue and the policy in force; returns what holds in the queue at the batch's index.
    function _checkSchedule(StoredBatch calldata previous, BatchData calldata batch)
        private
        view
        returns (PriorityCheckpoint memory checkpoint)
    {
        if (batch.slot <= previous.slot) revert SlotNotIncreasing(batch.slot, previous.slot);
        uint256 slotEnd = (uint256(batch.slot) + 1) * BATCH_INTERVAL_SECONDS;
        if (slotEnd > block.timestamp) revert SlotNotOver(batch.slot, slotEnd, block.timestamp);

        if (batch.priorityIndex < previous.priorityIndex) {
            revert PriorityIndexDecreasing(batch.priorityIndex, previous.priorityIndex);
        }
        checkpoint = BRIDGE.priorityCheckpoint(batch.priorityIndex);
        bool overdue = checkpoint.nextTimestamp != 0
            && uint256(checkpoint.nextTimestamp) + priorityDeadlineSeconds < slotEnd;
        if (overdue && batch.priorityIndex - previous.priorityIndex < OPERATIONS_SHARE) {
            revert PriorityOperationOverdue(batch.priorityIndex, checkpoint.nextTimestamp);
        }

        if (batch.policyRoot != checkpoint.policyRoot) {
            revert PolicyRootNotInForce(batch.policyRoot, checkpoint.policyRoot);
        }
        if (checkpoint.policyRevokedFrom != 0 && batch.slot >= checkpoint.policyRevokedFrom) {
            revert PolicyRootRevoked(batch.policyRoot, checkpoint.policyRevokedFrom);
        }
    }

    function _requireStored(StoredBatch calldata batch, uint64 number) private view {
        if (batch.hashStored() != _storedBatchHash[number]) revert StoredBatchMismatch(number);
    }

    /// Shorter than three intervals, the chain could not keep it (the deposit confirmations come on top; config checks them).
    function _setPriorityDeadline(uint64 priorityDeadline) private {
        if (priorityDeadline < 3 * uint256(BATCH_INTERVAL_SECONDS)) revert InvalidPriorityDeadline(priorityDeadline);
        priorityDeadlineSeconds = priorityDeadline;
        emit PriorityDeadlineChanged(priorityDeadline);
    }

    /// Three keys for the three steps, and no administrator but governance.
    function _grantRole(bytes32 role, address account) internal override returns (bool) {
        if (account == address(0)) revert InvalidConfig();
        if (role == DEFAULT_ADMIN_ROLE && account != GOVERNOR) revert AdminIsGovernor(account);
        bytes32[3] memory steps = [COMMITTER_ROLE, PROVER_ROLE, EXECUTOR_ROLE];
        bool isStep = role == steps[0] || role == steps[1] || role == steps[2];
        for (uint256 i = 0; isStep && i < steps.length; ++i) {
            if (steps[i] != role && hasRole(steps[i], account)) revert OperatorRolesMustDiffer(account);
        }
        return super._grantRole(role, account);
    }

    function _authorizeUpgrade(address) internal view override onlyGovernor {}
}
