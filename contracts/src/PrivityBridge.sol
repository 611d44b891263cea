// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Initializable} from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {
    BASE_TOKEN_ADDRESS,
    KIND_DEPOSIT_ETH,
    KIND_FORCED_WITHDRAWAL,
    MESSAGES_MAX,
    MESSAGE_TREE_DEPTH,
    RESERVED_ADDRESS_END
} from "./Constants.sol";
import {PriorityQueue} from "./PriorityQueue.sol";
import {BridgeCodec, Message} from "./libraries/BridgeCodec.sol";
import {MessageTree} from "./libraries/MessageTree.sol";

/// @notice Holds what customers have on the chain: assets in (as priority operations) and out (as messages of executed batches). Parties,
/// amounts and times of these are public (G4). ETH only: an ERC-20 is refused by name.
contract PrivityBridge is Initializable, UUPSUpgradeable, ReentrancyGuardTransient, PriorityQueue {
    /// All balances of the chain together stay below this, so that none overflows its 128-bit limb.
    uint256 public constant SUPPLY_END = 1 << 127;

    /// How the public SDK names assets: keccak256(abi.encode(origin chain id, native token vault, token)), where ETH is address(1).
    address private constant NATIVE_TOKEN_VAULT = address(0x10004);
    address private constant ETH_TOKEN = address(1);

    error OnlyChain(address caller);
    error ChainHalted();
    error InvalidAmount(uint256 amount);
    error InvalidRecipient(address recipient);
    error SupplyCapExceeded(uint256 supply);
    error Erc20NotSupported(address token);
    error InvalidMessageSender(address sender, address token);
    error InvalidMessageIndex(uint32 index);
    error BatchHasNoMessages(uint64 batchNumber);
    error MessagesAlreadyRecorded(uint64 batchNumber);
    error WithdrawalAlreadyFinalized(uint64 batchNumber, uint32 index);
    error InvalidMessageProof();

    event WithdrawalFinalized(
        uint64 indexed batchNumber, uint32 indexed index, address indexed recipient, address token, uint256 amount
    );

    address public immutable WETH_TOKEN;

    /// Wei that the chain owes: deposits less finalized withdrawals.
    uint256 public supply;
    /// Root of an executed batch's message tree; 0 when it has no messages or is not executed.
    mapping(uint64 batchNumber => bytes32) public messagesRoot;
    /// Bit `index` of a batch is set once that withdrawal has been paid.
    mapping(uint64 batchNumber => uint256) private _finalized;

    constructor(QueueConfig memory config, address weth) PriorityQueue(config) {
        WETH_TOKEN = weth;
        _disableInitializers();
    }

    function initialize(bytes32 genesisPolicyRoot) external initializer {
        _initializeQueue(genesisPolicyRoot);
    }

    // ---- into the chain

    /// @notice Credits `recipient` on the chain with the value sent, when the operation is processed. It cannot be refused there.
    function depositETH(address recipient) external payable {
        if (CHAIN.paused()) revert ChainHalted();
        if (uint160(recipient) < RESERVED_ADDRESS_END) revert InvalidRecipient(recipient);
        if (msg.value == 0) revert InvalidAmount(0);
        uint256 newSupply = supply + msg.value;
        if (newSupply >= SUPPLY_END) revert SupplyCapExceeded(newSupply);
        supply = newSupply;
        _enqueue(KIND_DEPOSIT_ETH, bytes32(uint256(uint160(recipient))), bytes32(msg.value));
    }

    /// @notice There is no ERC-20 on the chain yet.
    function depositERC20(address token, uint256, address) external pure {
        revert Erc20NotSupported(token);
    }

    /// @notice Makes the chain withdraw `amount` wei of the caller's account there to `l1Recipient`: it cannot leave this out beyond the
    /// priority deadline, though policy may refuse it. Open while the chain is halted, for the queue is the customer's voice.
    function requestForcedWithdrawal(address l1Recipient, uint256 amount) external {
        if (l1Recipient == address(0) || l1Recipient == address(this)) revert InvalidRecipient(l1Recipient);
        if (amount == 0 || amount >= SUPPLY_END) revert InvalidAmount(amount);
        _enqueue(KIND_FORCED_WITHDRAWAL, bytes32(uint256(uint160(l1Recipient))), bytes32(amount));
    }

    // ---- out of the chain

    function recordMessagesRoot(uint64 batchNumber, bytes32 root) external {
        if (msg.sender != address(CHAIN)) revert OnlyChain(msg.sender);
        if (messagesRoot[batchNumber] != 0) revert MessagesAlreadyRecorded(batchNumber);
        messagesRoot[batchNumber] = root;
    }

    /// @notice Pays a withdrawal of an executed batch to its recipient, whoever calls. A recipient that refuses the payment only makes its
    /// own call fail, and may be tried again.
    function finalizeWithdrawal(Message calldata message, bytes32[MESSAGE_TREE_DEPTH] calldata siblings)
        external
        nonReentrant
    {
        if (CHAIN.paused()) revert ChainHalted();
        if (message.token != address(0)) revert Erc20NotSupported(message.token);
        if (message.sender != BASE_TOKEN_ADDRESS) revert InvalidMessageSender(message.sender, message.token);
        if (message.index >= MESSAGES_MAX) revert InvalidMessageIndex(message.index);
        bytes32 root = messagesRoot[message.batchNumber];
        if (root == 0) revert BatchHasNoMessages(message.batchNumber);
        uint256 bit = 1 << message.index;
        uint256 finalized = _finalized[message.batchNumber];
        if (finalized & bit != 0) revert WithdrawalAlreadyFinalized(message.batchNumber, message.index);
        bytes32 hash = BridgeCodec.hashMessage(_domain(), message);
        if (MessageTree.rootOf(hash, message.index, siblings) != root) revert InvalidMessageProof();

        _finalized[message.batchNumber] = finalized | bit;
        supply -= message.amount;
        emit WithdrawalFinalized(
            message.batchNumber, message.index, message.recipient, message.token, message.amount
        );
        Address.sendValue(payable(message.recipient), message.amount);
    }

    function isWithdrawalFinalized(uint64 batchNumber, uint32 index) external view returns (bool) {
        return index < MESSAGES_MAX && (_finalized[batchNumber] >> index) & 1 == 1;
    }

    // ---- what the public SDK asks

    function BASE_TOKEN_ASSET_ID() public view returns (bytes32) {
        return keccak256(abi.encode(L1_CHAIN_ID(), NATIVE_TOKEN_VAULT, ETH_TOKEN));
    }

    /// @notice The chain an asset comes from; 0 when unknown.
    function originChainId(bytes32 assetId) external view returns (uint256) {
        return assetId == BASE_TOKEN_ASSET_ID() ? L1_CHAIN_ID() : 0;
    }

    function _authorizeUpgrade(address) internal view override onlyGovernor {}
}
