// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {IPrivityBridge} from "./interfaces/IPrivityBridge.sol";
import {IPrivityChain} from "./interfaces/IPrivityChain.sol";
import {IVerifierRegistry} from "./interfaces/IVerifierRegistry.sol";

/// @notice Two people and a delay (G3). A maker proposes a call to one of our contracts, a checker approves that same call, both with their
/// own keys (msg.sender); it then waits in OpenZeppelin's timelock and anyone may execute it. It is the only way to change policy, lists,
/// identities, parameters, verifiers, operator keys, implementations and governance itself.
///
/// Acts that only take permission away, or lift a halt, take two people but no delay: revoking a policy root, retiring a verifier,
/// cancelling an approved call, halting, resuming.
contract PolicyGovernor is TimelockController {
    struct Proposal {
        address maker;
        /// Zero until approved.
        address checker;
        /// Last moment at which it can be approved.
        uint64 expiresAt;
    }

    struct GovernedContracts {
        address chain;
        address bridge;
        address verifiers;
    }

    bytes32 public constant MAKER_ROLE = keccak256("MAKER_ROLE");
    bytes32 public constant CHECKER_ROLE = keccak256("CHECKER_ROLE");
    /// An old proposal must not surprise anybody.
    uint64 public constant PROPOSAL_LIFETIME_SECONDS = 14 days;

    error InvalidConfig();
    error InvalidDelay();
    error InvalidTarget(address target);
    error ValueNotAllowed();
    error ProposalExists(bytes32 id);
    error ProposalUnknown(bytes32 id);
    error ProposalExpired(bytes32 id);
    error ProposalAlreadyApproved(bytes32 id);
    error MakerCannotApprove(address account);
    error MakerNoLongerHoldsRole(address maker);
    error NotMakerNorChecker(address account);
    error MakerAndCheckerMustDiffer(address account);
    error RoleIsFixed(bytes32 role);
    error LastHolder(bytes32 role);

    event Proposed(bytes32 indexed id, address indexed maker, address indexed target, bytes data, bytes32 salt);
    event Approved(bytes32 indexed id, address indexed checker, uint256 executableAt);
    event Rejected(bytes32 indexed id, address indexed by);

    address public immutable CHAIN;
    address public immutable BRIDGE;
    address public immutable VERIFIERS;

    mapping(bytes32 id => Proposal) private _proposals;
    mapping(bytes32 role => uint256) private _holders;

    constructor(
        uint256 delaySeconds,
        GovernedContracts memory governed,
        address[] memory makers,
        address[] memory checkers
    ) TimelockController(delaySeconds, _only(address(this)), _only(address(0)), address(0)) {
        if (delaySeconds == 0) revert InvalidDelay();
        if (governed.chain == address(0) || governed.bridge == address(0) || governed.verifiers == address(0)) {
            revert InvalidConfig();
        }
        if (makers.length == 0 || checkers.length == 0) revert InvalidConfig();
        CHAIN = governed.chain;
        BRIDGE = governed.bridge;
        VERIFIERS = governed.verifiers;
        for (uint256 i = 0; i < makers.length; ++i) {
            _grantRole(MAKER_ROLE, makers[i]);
        }
        for (uint256 i = 0; i < checkers.length; ++i) {
            _grantRole(CHECKER_ROLE, checkers[i]);
        }
    }

    /// @notice Nothing here spends ETH, so none is taken.
    receive() external payable override {
        revert ValueNotAllowed();
    }

    // ---- proposals

    /// @param salt Tells proposals of the same call apart.
    function propose(address target, bytes calldata data, bytes32 salt)
        external
        onlyRole(MAKER_ROLE)
        returns (bytes32 id)
    {
        _requireTarget(target);
        id = proposalId(target, data, salt);
        if (_proposals[id].maker != address(0)) revert ProposalExists(id);
        _proposals[id] = Proposal(msg.sender, address(0), uint64(block.timestamp) + PROPOSAL_LIFETIME_SECONDS);
        emit Proposed(id, msg.sender, target, data, salt);
    }

    /// @notice The checker names the whole call, not its id, so that a wallet shows what is approved.
    function approve(address target, bytes calldata data, bytes32 salt) external onlyRole(CHECKER_ROLE) {
        bytes32 id = proposalId(target, data, salt);
        Proposal storage proposal = _pending(id);
        if (block.timestamp > proposal.expiresAt) revert ProposalExpired(id);
        if (proposal.maker == msg.sender) revert MakerCannotApprove(msg.sender);
        if (!hasRole(MAKER_ROLE, proposal.maker)) revert MakerNoLongerHoldsRole(proposal.maker);
        proposal.checker = msg.sender;
        if (_isImmediate(target, data)) {
            emit Approved(id, msg.sender, block.timestamp);
            Address.functionCall(target, data);
        } else {
            emit Approved(id, msg.sender, block.timestamp + getMinDelay());
            this.schedule(target, 0, data, 0, salt, getMinDelay());
        }
    }

    /// @notice Drops a proposal that is not approved: its maker or any checker.
    function reject(bytes32 id) external {
        Proposal storage proposal = _pending(id);
        if (proposal.maker != msg.sender && !hasRole(CHECKER_ROLE, msg.sender)) revert NotMakerNorChecker(msg.sender);
        delete _proposals[id];
        emit Rejected(id, msg.sender);
    }

    function proposals(bytes32 id) external view returns (Proposal memory) {
        return _proposals[id];
    }

    /// @notice Also the operation's id in the timelock.
    function proposalId(address target, bytes calldata data, bytes32 salt) public pure returns (bytes32) {
        return hashOperation(target, 0, data, 0, salt);
    }

    // ---- limits on the timelock

    function updateDelay(uint256 newDelay) public override {
        if (newDelay == 0) revert InvalidDelay();
        super.updateDelay(newDelay);
    }

    function _execute(address target, uint256 value, bytes calldata data) internal override {
        _requireTarget(target);
        if (value != 0) revert ValueNotAllowed();
        super._execute(target, value, data);
    }

    /// The timelock's own roles belong to this contract alone: whoever held one could schedule without a second person.
    function _grantRole(bytes32 role, address account) internal override returns (bool granted) {
        bool own = role == DEFAULT_ADMIN_ROLE || role == PROPOSER_ROLE || role == CANCELLER_ROLE;
        if (own && account != address(this)) revert RoleIsFixed(role);
        if (role == EXECUTOR_ROLE && account != address(0)) revert RoleIsFixed(role);
        bool maker = role == MAKER_ROLE;
        if (maker || role == CHECKER_ROLE) {
            if (account == address(0)) revert InvalidConfig();
            if (hasRole(maker ? CHECKER_ROLE : MAKER_ROLE, account)) revert MakerAndCheckerMustDiffer(account);
        }
        granted = super._grantRole(role, account);
        if (granted) ++_holders[role];
    }

    /// No role may lose its last holder: governance would end.
    function _revokeRole(bytes32 role, address account) internal override returns (bool revoked) {
        revoked = super._revokeRole(role, account);
        if (revoked && --_holders[role] == 0) revert LastHolder(role);
    }

    // ---- inside

    function _pending(bytes32 id) private view returns (Proposal storage proposal) {
        proposal = _proposals[id];
        if (proposal.maker == address(0)) revert ProposalUnknown(id);
        if (proposal.checker != address(0)) revert ProposalAlreadyApproved(id);
    }

    function _requireTarget(address target) private view {
        if (target != CHAIN && target != BRIDGE && target != VERIFIERS && target != address(this)) {
            revert InvalidTarget(target);
        }
    }

    function _isImmediate(address target, bytes calldata data) private view returns (bool) {
        if (data.length < 4) return false;
        bytes4 selector = bytes4(data);
        return (target == BRIDGE && selector == IPrivityBridge.revokePolicyRoot.selector)
            || (target == VERIFIERS && selector == IVerifierRegistry.retire.selector)
            || (target == CHAIN && selector == IPrivityChain.halt.selector)
            || (target == CHAIN && selector == IPrivityChain.resume.selector)
            || (target == address(this) && selector == this.cancel.selector);
    }

    function _only(address account) private pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = account;
    }
}
