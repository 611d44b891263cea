// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

// Generated from src/chain/constants.ts; a test compares the two.

uint256 constant STATEMENT_VERSION = 1;
uint256 constant FR_MODULUS = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
uint256 constant MESSAGES_MAX = 256;
uint256 constant MESSAGE_TREE_DEPTH = 8;
uint160 constant RESERVED_ADDRESS_END = 131072;
address constant BASE_TOKEN_ADDRESS = address(0x800a);
uint256 constant FLAG_FROZEN = 1;
uint256 constant TX_GAS = 21000;
uint8 constant KIND_DEPOSIT_ETH = 1;
uint8 constant KIND_SET_POLICY_ROOT = 2;
uint8 constant KIND_SET_LIST_ROOT = 3;
uint8 constant KIND_SET_IDENTITY = 4;
uint8 constant KIND_SET_PARAMETER = 5;
uint8 constant KIND_FORCED_WITHDRAWAL = 6;
uint256 constant SYSTEM_POLICY = 1;
uint256 constant SYSTEM_PRIORITY = 2;
uint256 constant SYSTEM_BLIND = 3;
uint256 constant SYSTEM_BLOCK = 4;
uint256 constant SYSTEM_COLLECTOR = 5;
uint256 constant SYSTEM_REGISTRAR_MASK = 6;
uint256 constant SYSTEM_LIST_ROOT = 7;
uint256 constant ROLE_CUSTOMER = 1;
uint256 constant ROLE_OPERATOR = 2;
uint256 constant ROLE_REGISTRAR = 4;
uint256 constant ROLE_COMPLIANCE = 8;
uint256 constant ROLE_AUDITOR = 16;
uint256 constant ROLE_DEPLOYER = 32;
