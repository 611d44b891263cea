// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IVerifier} from "./IVerifier.sol";

interface IVerifierRegistry {
    /// @notice The verifier of an entry that is not retired; reverts when there is none.
    function activeVerifier(bytes32 proofSystemId, uint256 statementVersion) external view returns (IVerifier);

    function retire(bytes32 proofSystemId, uint256 statementVersion) external;
}
