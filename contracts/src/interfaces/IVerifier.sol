// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @notice What `bb write_solidity_verifier` generates. Called with STATICCALL: a verifier changes nothing.
interface IVerifier {
    function verify(bytes calldata proof, bytes32[] calldata publicInputs) external view returns (bool);
}
