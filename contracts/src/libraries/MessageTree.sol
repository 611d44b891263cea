// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {MESSAGES_MAX, MESSAGE_TREE_DEPTH} from "../Constants.sol";

/// @notice The sha256 tree over a batch's message hashes: leaf = sha256(0x00 || hash), node = sha256(0x01 || l || r), an unused leaf is 0.
/// The two prefixes keep a node from being opened as a leaf; no message opens an unused leaf, for that needs a preimage of 0.
library MessageTree {
    error TooManyMessages(uint256 count);

    /// @notice Rolling hash of the messages (docs/PROTOCOL.md 7) and the root of their tree.
    function rollAndRoot(bytes32[] calldata hashes) internal pure returns (bytes32 roll, bytes32 root) {
        uint256 width = hashes.length;
        if (width > MESSAGES_MAX) revert TooManyMessages(width);
        bytes32[] memory level = new bytes32[](width);
        for (uint256 i = 0; i < width; ++i) {
            roll = sha256(bytes.concat(roll, hashes[i]));
            level[i] = _leaf(hashes[i]);
        }
        bytes32 empty = 0;
        for (uint256 depth = 0; depth < MESSAGE_TREE_DEPTH; ++depth) {
            uint256 above = (width + 1) / 2;
            for (uint256 i = 0; i < above; ++i) {
                level[i] = _node(level[2 * i], 2 * i + 1 < width ? level[2 * i + 1] : empty);
            }
            width = above;
            empty = _node(empty, empty);
        }
        root = hashes.length == 0 ? empty : level[0];
    }

    /// @notice The root that `hash` at `index` has with these siblings, from the leaf up.
    function rootOf(bytes32 hash, uint256 index, bytes32[MESSAGE_TREE_DEPTH] calldata siblings)
        internal
        pure
        returns (bytes32 current)
    {
        current = _leaf(hash);
        for (uint256 depth = 0; depth < MESSAGE_TREE_DEPTH; ++depth) {
            current = (index >> depth) & 1 == 1 ? _node(siblings[depth], current) : _node(current, siblings[depth]);
        }
    }

    function _leaf(bytes32 hash) private pure returns (bytes32) {
        return sha256(bytes.concat(bytes1(0x00), hash));
    }

    function _node(bytes32 left, bytes32 right) private pure returns (bytes32) {
        return sha256(bytes.concat(bytes1(0x01), left, right));
    }
}
