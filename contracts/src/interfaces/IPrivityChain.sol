// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @notice What the bridge and the governor need of the chain contract.
interface IPrivityChain {
    /// @notice Slot of the last committed batch.
    function lastCommittedSlot() external view returns (uint64);

    /// @notice True while the chain is halted.
    function paused() external view returns (bool);

    function halt() external;

    function resume() external;
}
