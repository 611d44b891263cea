// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IVerifier} from "./interfaces/IVerifier.sol";
import {IVerifierRegistry} from "./interfaces/IVerifierRegistry.sol";

/// @notice Which contract verifies which statement (G1). An entry is written once and may be retired; it never changes, so a proof
/// system's name means one verifier for ever. Only governance adds and retires.
contract VerifierRegistry is IVerifierRegistry {
    struct Entry {
        IVerifier verifier;
        bool retired;
    }

    struct InitialEntry {
        bytes32 proofSystemId;
        uint256 statementVersion;
        IVerifier verifier;
    }

    error OnlyGovernor(address caller);
    error InvalidVerifier(address verifier);
    error InvalidProofSystemId();
    error VerifierAlreadyAdded(bytes32 proofSystemId, uint256 statementVersion);
    error VerifierUnknown(bytes32 proofSystemId, uint256 statementVersion);
    error VerifierRetired(bytes32 proofSystemId, uint256 statementVersion);

    event VerifierAdded(
        bytes32 indexed proofSystemId, uint256 indexed statementVersion, address verifier, bytes32 codeHash
    );
    event VerifierRetirement(bytes32 indexed proofSystemId, uint256 indexed statementVersion);

    address public immutable GOVERNOR;

    mapping(bytes32 proofSystemId => mapping(uint256 statementVersion => Entry)) private _entries;

    modifier onlyGovernor() {
        if (msg.sender != GOVERNOR) revert OnlyGovernor(msg.sender);
        _;
    }

    constructor(address governor, InitialEntry[] memory initial) {
        GOVERNOR = governor;
        for (uint256 i = 0; i < initial.length; ++i) {
            _add(initial[i].proofSystemId, initial[i].statementVersion, initial[i].verifier);
        }
    }

    function add(bytes32 proofSystemId, uint256 statementVersion, IVerifier verifier) external onlyGovernor {
        _add(proofSystemId, statementVersion, verifier);
    }

    function retire(bytes32 proofSystemId, uint256 statementVersion) external onlyGovernor {
        activeVerifier(proofSystemId, statementVersion);
        _entries[proofSystemId][statementVersion].retired = true;
        emit VerifierRetirement(proofSystemId, statementVersion);
    }

    function entry(bytes32 proofSystemId, uint256 statementVersion) external view returns (Entry memory) {
        return _entries[proofSystemId][statementVersion];
    }

    function activeVerifier(bytes32 proofSystemId, uint256 statementVersion) public view returns (IVerifier) {
        Entry memory found = _entries[proofSystemId][statementVersion];
        if (address(found.verifier) == address(0)) revert VerifierUnknown(proofSystemId, statementVersion);
        if (found.retired) revert VerifierRetired(proofSystemId, statementVersion);
        return found.verifier;
    }

    function _add(bytes32 proofSystemId, uint256 statementVersion, IVerifier verifier) private {
        if (proofSystemId == 0) revert InvalidProofSystemId();
        if (address(verifier).code.length == 0) revert InvalidVerifier(address(verifier));
        Entry storage slot = _entries[proofSystemId][statementVersion];
        if (address(slot.verifier) != address(0)) revert VerifierAlreadyAdded(proofSystemId, statementVersion);
        slot.verifier = verifier;
        emit VerifierAdded(proofSystemId, statementVersion, address(verifier), address(verifier).codehash);
    }
}
