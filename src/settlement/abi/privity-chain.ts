/** ABI of PrivityChain; written by contracts/scripts/write-abi.ts, and a test compares it with the compiled contract. */

export const privityChainAbi = [
  {
    inputs: [
      {
        components: [
          {
            internalType: 'uint64',
            name: 'chainId',
            type: 'uint64',
          },
          {
            internalType: 'uint64',
            name: 'batchIntervalSeconds',
            type: 'uint64',
          },
          {
            internalType: 'address',
            name: 'governor',
            type: 'address',
          },
          {
            internalType: 'contract IPrivityBridge',
            name: 'bridge',
            type: 'address',
          },
          {
            internalType: 'contract IVerifierRegistry',
            name: 'verifiers',
            type: 'address',
          },
        ],
        internalType: 'struct PrivityChain.ChainConfig',
        name: 'config',
        type: 'tuple',
      },
    ],
    stateMutability: 'nonpayable',
    type: 'constructor',
  },
  {
    inputs: [],
    name: 'AccessControlBadConfirmation',
    type: 'error',
  },
  {
    inputs: [
      {
        internalType: 'address',
        name: 'account',
        type: 'address',
      },
      {
        internalType: 'bytes32',
        name: 'neededRole',
        type: 'bytes32',
      },
    ],
    name: 'AccessControlUnauthorizedAccount',
    type: 'error',
  },
  {
    inputs: [
      {
        internalType: 'address',
        name: 'target',
        type: 'address',
      },
    ],
    name: 'AddressEmptyCode',
    type: 'error',
  },
  {
    inputs: [
      {
        internalType: 'address',
        name: 'account',
        type: 'address',
      },
    ],
    name: 'AdminIsGovernor',
    type: 'error',
  },
  {
    inputs: [
      {
        internalType: 'uint64',
        name: 'batchNumber',
        type: 'uint64',
      },
    ],
    name: 'BatchAlreadyExecuted',
    type: 'error',
  },
  {
    inputs: [
      {
        internalType: 'uint64',
        name: 'batchNumber',
        type: 'uint64',
      },
    ],
    name: 'BatchNotCommitted',
    type: 'error',
  },
  {
    inputs: [
      {
        internalType: 'uint64',
        name: 'batchNumber',
        type: 'uint64',
      },
    ],
    name: 'BatchNotProven',
    type: 'error',
  },
  {
    inputs: [
      {
        internalType: 'uint64',
        name: 'batchNumber',
        type: 'uint64',
      },
      {
        internalType: 'uint64',
        name: 'expected',
        type: 'uint64',
      },
    ],
    name: 'BatchOutOfOrder',
    type: 'error',
  },
  {
    inputs: [
      {
        internalType: 'address',
        name: 'implementation',
        type: 'address',
      },
    ],
    name: 'ERC1967InvalidImplementation',
    type: 'error',
  },
  {
    inputs: [],
    name: 'ERC1967NonPayable',
    type: 'error',
  },
  {
    inputs: [],
    name: 'EnforcedPause',
    type: 'error',
  },
  {
    inputs: [],
    name: 'ExpectedPause',
    type: 'error',
  },
  {
    inputs: [],
    name: 'FailedCall',
    type: 'error',
  },
  {
    inputs: [],
    name: 'InvalidConfig',
    type: 'error',
  },
  {
    inputs: [],
    name: 'InvalidInitialization',
    type: 'error',
  },
  {
    inputs: [
      {
        internalType: 'uint64',
        name: 'priorityDeadlineSeconds',
        type: 'uint64',
      },
    ],
    name: 'InvalidPriorityDeadline',
    type: 'error',
  },
  {
    inputs: [
      {
        internalType: 'bytes32',
        name: 'roll',
        type: 'bytes32',
      },
      {
        internalType: 'bytes32',
        name: 'committed',
        type: 'bytes32',
      },
    ],
    name: 'MessagesMismatch',
    type: 'error',
  },
  {
    inputs: [],
    name: 'NotInitializing',
    type: 'error',
  },
  {
    inputs: [
      {
        internalType: 'address',
        name: 'caller',
        type: 'address',
      },
    ],
    name: 'OnlyGovernor',
    type: 'error',
  },
  {
    inputs: [
      {
        internalType: 'address',
        name: 'account',
        type: 'address',
      },
    ],
    name: 'OperatorRolesMustDiffer',
    type: 'error',
  },
  {
    inputs: [
      {
        internalType: 'bytes32',
        name: 'root',
        type: 'bytes32',
      },
      {
        internalType: 'bytes32',
        name: 'inForce',
        type: 'bytes32',
      },
    ],
    name: 'PolicyRootNotInForce',
    type: 'error',
  },
  {
    inputs: [
      {
        internalType: 'bytes32',
        name: 'root',
        type: 'bytes32',
      },
      {
        internalType: 'uint64',
        name: 'fromSlot',
        type: 'uint64',
      },
    ],
    name: 'PolicyRootRevoked',
    type: 'error',
  },
  {
    inputs: [
      {
        internalType: 'uint64',
        name: 'index',
        type: 'uint64',
      },
      {
        internalType: 'uint64',
        name: 'lastIndex',
        type: 'uint64',
      },
    ],
    name: 'PriorityIndexDecreasing',
    type: 'error',
  },
  {
    inputs: [
      {
        internalType: 'uint64',
        name: 'index',
        type: 'uint64',
      },
      {
        internalType: 'uint64',
        name: 'timestamp',
        type: 'uint64',
      },
    ],
    name: 'PriorityOperationOverdue',
    type: 'error',
  },
  {
    inputs: [
      {
        internalType: 'uint64',
        name: 'from',
        type: 'uint64',
      },
      {
        internalType: 'uint64',
        name: 'to',
        type: 'uint64',
      },
    ],
    name: 'ProofRangeEmpty',
    type: 'error',
  },
  {
    inputs: [],
    name: 'ProofRejected',
    type: 'error',
  },
  {
    inputs: [
      {
        internalType: 'uint64',
        name: 'batchNumber',
        type: 'uint64',
      },
    ],
    name: 'RevertedBatchChanged',
    type: 'error',
  },
  {
    inputs: [
      {
        internalType: 'uint64',
        name: 'slot',
        type: 'uint64',
      },
      {
        internalType: 'uint64',
        name: 'lastSlot',
        type: 'uint64',
      },
    ],
    name: 'SlotNotIncreasing',
    type: 'error',
  },
  {
    inputs: [
      {
        internalType: 'uint64',
        name: 'slot',
        type: 'uint64',
      },
      {
        internalType: 'uint256',
        name: 'slotEnd',
        type: 'uint256',
      },
      {
        internalType: 'uint256',
        name: 'timestamp',
        type: 'uint256',
      },
    ],
    name: 'SlotNotOver',
    type: 'error',
  },
  {
    inputs: [
      {
        internalType: 'uint64',
        name: 'batchNumber',
        type: 'uint64',
      },
    ],
    name: 'StoredBatchMismatch',
    type: 'error',
  },
  {
    inputs: [
      {
        internalType: 'uint256',
        name: 'count',
        type: 'uint256',
      },
    ],
    name: 'TooManyMessages',
    type: 'error',
  },
  {
    inputs: [],
    name: 'UUPSUnauthorizedCallContext',
    type: 'error',
  },
  {
    inputs: [
      {
        internalType: 'bytes32',
        name: 'slot',
        type: 'bytes32',
      },
    ],
    name: 'UUPSUnsupportedProxiableUUID',
    type: 'error',
  },
  {
    anonymous: false,
    inputs: [
      {
        indexed: true,
        internalType: 'uint64',
        name: 'batchNumber',
        type: 'uint64',
      },
      {
        indexed: false,
        internalType: 'bytes32',
        name: 'stateRoot',
        type: 'bytes32',
      },
      {
        indexed: false,
        internalType: 'bytes32',
        name: 'commitment',
        type: 'bytes32',
      },
    ],
    name: 'BatchCommitted',
    type: 'event',
  },
  {
    anonymous: false,
    inputs: [
      {
        indexed: true,
        internalType: 'uint64',
        name: 'batchNumber',
        type: 'uint64',
      },
      {
        indexed: false,
        internalType: 'bytes32',
        name: 'stateRoot',
        type: 'bytes32',
      },
      {
        indexed: false,
        internalType: 'bytes32',
        name: 'messagesRoot',
        type: 'bytes32',
      },
    ],
    name: 'BatchExecuted',
    type: 'event',
  },
  {
    anonymous: false,
    inputs: [
      {
        indexed: true,
        internalType: 'uint64',
        name: 'from',
        type: 'uint64',
      },
      {
        indexed: true,
        internalType: 'uint64',
        name: 'to',
        type: 'uint64',
      },
      {
        indexed: false,
        internalType: 'bytes32',
        name: 'proofSystemId',
        type: 'bytes32',
      },
    ],
    name: 'BatchesProven',
    type: 'event',
  },
  {
    anonymous: false,
    inputs: [
      {
        indexed: false,
        internalType: 'uint64',
        name: 'committedCount',
        type: 'uint64',
      },
      {
        indexed: false,
        internalType: 'uint64',
        name: 'provenCount',
        type: 'uint64',
      },
    ],
    name: 'BatchesReverted',
    type: 'event',
  },
  {
    anonymous: false,
    inputs: [
      {
        indexed: false,
        internalType: 'uint64',
        name: 'version',
        type: 'uint64',
      },
    ],
    name: 'Initialized',
    type: 'event',
  },
  {
    anonymous: false,
    inputs: [
      {
        indexed: false,
        internalType: 'address',
        name: 'account',
        type: 'address',
      },
    ],
    name: 'Paused',
    type: 'event',
  },
  {
    anonymous: false,
    inputs: [
      {
        indexed: false,
        internalType: 'uint64',
        name: 'priorityDeadlineSeconds',
        type: 'uint64',
      },
    ],
    name: 'PriorityDeadlineChanged',
    type: 'event',
  },
  {
    anonymous: false,
    inputs: [
      {
        indexed: true,
        internalType: 'bytes32',
        name: 'role',
        type: 'bytes32',
      },
      {
        indexed: true,
        internalType: 'bytes32',
        name: 'previousAdminRole',
        type: 'bytes32',
      },
      {
        indexed: true,
        internalType: 'bytes32',
        name: 'newAdminRole',
        type: 'bytes32',
      },
    ],
    name: 'RoleAdminChanged',
    type: 'event',
  },
  {
    anonymous: false,
    inputs: [
      {
        indexed: true,
        internalType: 'bytes32',
        name: 'role',
        type: 'bytes32',
      },
      {
        indexed: true,
        internalType: 'address',
        name: 'account',
        type: 'address',
      },
      {
        indexed: true,
        internalType: 'address',
        name: 'sender',
        type: 'address',
      },
    ],
    name: 'RoleGranted',
    type: 'event',
  },
  {
    anonymous: false,
    inputs: [
      {
        indexed: true,
        internalType: 'bytes32',
        name: 'role',
        type: 'bytes32',
      },
      {
        indexed: true,
        internalType: 'address',
        name: 'account',
        type: 'address',
      },
      {
        indexed: true,
        internalType: 'address',
        name: 'sender',
        type: 'address',
      },
    ],
    name: 'RoleRevoked',
    type: 'event',
  },
  {
    anonymous: false,
    inputs: [
      {
        indexed: false,
        internalType: 'address',
        name: 'account',
        type: 'address',
      },
    ],
    name: 'Unpaused',
    type: 'event',
  },
  {
    anonymous: false,
    inputs: [
      {
        indexed: true,
        internalType: 'address',
        name: 'implementation',
        type: 'address',
      },
    ],
    name: 'Upgraded',
    type: 'event',
  },
  {
    inputs: [],
    name: 'BATCH_INTERVAL_SECONDS',
    outputs: [
      {
        internalType: 'uint64',
        name: '',
        type: 'uint64',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [],
    name: 'BRIDGE',
    outputs: [
      {
        internalType: 'contract IPrivityBridge',
        name: '',
        type: 'address',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [],
    name: 'CHAIN_ID',
    outputs: [
      {
        internalType: 'uint64',
        name: '',
        type: 'uint64',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [],
    name: 'COMMITTER_ROLE',
    outputs: [
      {
        internalType: 'bytes32',
        name: '',
        type: 'bytes32',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [],
    name: 'DEFAULT_ADMIN_ROLE',
    outputs: [
      {
        internalType: 'bytes32',
        name: '',
        type: 'bytes32',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [],
    name: 'EXECUTOR_ROLE',
    outputs: [
      {
        internalType: 'bytes32',
        name: '',
        type: 'bytes32',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [],
    name: 'GOVERNOR',
    outputs: [
      {
        internalType: 'address',
        name: '',
        type: 'address',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [],
    name: 'GUARDIAN_ROLE',
    outputs: [
      {
        internalType: 'bytes32',
        name: '',
        type: 'bytes32',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [],
    name: 'OPERATIONS_SHARE',
    outputs: [
      {
        internalType: 'uint64',
        name: '',
        type: 'uint64',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [],
    name: 'PROVER_ROLE',
    outputs: [
      {
        internalType: 'bytes32',
        name: '',
        type: 'bytes32',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [],
    name: 'REVERTER_ROLE',
    outputs: [
      {
        internalType: 'bytes32',
        name: '',
        type: 'bytes32',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [],
    name: 'UPGRADE_INTERFACE_VERSION',
    outputs: [
      {
        internalType: 'string',
        name: '',
        type: 'string',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [],
    name: 'VERIFIERS',
    outputs: [
      {
        internalType: 'contract IVerifierRegistry',
        name: '',
        type: 'address',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [
      {
        components: [
          {
            internalType: 'uint64',
            name: 'batchNumber',
            type: 'uint64',
          },
          {
            internalType: 'bytes32',
            name: 'stateRoot',
            type: 'bytes32',
          },
          {
            internalType: 'bytes32',
            name: 'recordsRoot',
            type: 'bytes32',
          },
          {
            internalType: 'bytes32',
            name: 'messagesRoll',
            type: 'bytes32',
          },
          {
            internalType: 'uint64',
            name: 'priorityIndex',
            type: 'uint64',
          },
          {
            internalType: 'bytes32',
            name: 'policyRoot',
            type: 'bytes32',
          },
          {
            internalType: 'uint64',
            name: 'slot',
            type: 'uint64',
          },
          {
            internalType: 'bytes32',
            name: 'commitment',
            type: 'bytes32',
          },
          {
            internalType: 'bytes32',
            name: 'sealed_',
            type: 'bytes32',
          },
        ],
        internalType: 'struct StoredBatch',
        name: 'previous',
        type: 'tuple',
      },
      {
        components: [
          {
            internalType: 'uint64',
            name: 'batchNumber',
            type: 'uint64',
          },
          {
            internalType: 'bytes32',
            name: 'stateRoot',
            type: 'bytes32',
          },
          {
            internalType: 'bytes32',
            name: 'recordsRoot',
            type: 'bytes32',
          },
          {
            internalType: 'bytes32',
            name: 'messagesRoll',
            type: 'bytes32',
          },
          {
            internalType: 'uint64',
            name: 'priorityIndex',
            type: 'uint64',
          },
          {
            internalType: 'bytes32',
            name: 'policyRoot',
            type: 'bytes32',
          },
          {
            internalType: 'uint64',
            name: 'slot',
            type: 'uint64',
          },
        ],
        internalType: 'struct BatchData',
        name: 'batch',
        type: 'tuple',
      },
    ],
    name: 'commit',
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
  },
  {
    inputs: [],
    name: 'committedCount',
    outputs: [
      {
        internalType: 'uint64',
        name: '',
        type: 'uint64',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [
      {
        components: [
          {
            internalType: 'uint64',
            name: 'batchNumber',
            type: 'uint64',
          },
          {
            internalType: 'bytes32',
            name: 'stateRoot',
            type: 'bytes32',
          },
          {
            internalType: 'bytes32',
            name: 'recordsRoot',
            type: 'bytes32',
          },
          {
            internalType: 'bytes32',
            name: 'messagesRoll',
            type: 'bytes32',
          },
          {
            internalType: 'uint64',
            name: 'priorityIndex',
            type: 'uint64',
          },
          {
            internalType: 'bytes32',
            name: 'policyRoot',
            type: 'bytes32',
          },
          {
            internalType: 'uint64',
            name: 'slot',
            type: 'uint64',
          },
          {
            internalType: 'bytes32',
            name: 'commitment',
            type: 'bytes32',
          },
          {
            internalType: 'bytes32',
            name: 'sealed_',
            type: 'bytes32',
          },
        ],
        internalType: 'struct StoredBatch',
        name: 'batch',
        type: 'tuple',
      },
      {
        internalType: 'bytes32[]',
        name: 'messageHashes',
        type: 'bytes32[]',
      },
    ],
    name: 'execute',
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
  },
  {
    inputs: [],
    name: 'executedCount',
    outputs: [
      {
        internalType: 'uint64',
        name: '',
        type: 'uint64',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [
      {
        internalType: 'bytes32',
        name: 'role',
        type: 'bytes32',
      },
    ],
    name: 'getRoleAdmin',
    outputs: [
      {
        internalType: 'bytes32',
        name: '',
        type: 'bytes32',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [
      {
        internalType: 'bytes32',
        name: 'role',
        type: 'bytes32',
      },
      {
        internalType: 'address',
        name: 'account',
        type: 'address',
      },
    ],
    name: 'grantRole',
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
  },
  {
    inputs: [],
    name: 'halt',
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
  },
  {
    inputs: [
      {
        internalType: 'bytes32',
        name: 'role',
        type: 'bytes32',
      },
      {
        internalType: 'address',
        name: 'account',
        type: 'address',
      },
    ],
    name: 'hasRole',
    outputs: [
      {
        internalType: 'bool',
        name: '',
        type: 'bool',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [
      {
        internalType: 'bytes32',
        name: 'genesisStateRoot',
        type: 'bytes32',
      },
      {
        internalType: 'uint64',
        name: 'priorityDeadline',
        type: 'uint64',
      },
      {
        components: [
          {
            internalType: 'address',
            name: 'committer',
            type: 'address',
          },
          {
            internalType: 'address',
            name: 'prover',
            type: 'address',
          },
          {
            internalType: 'address',
            name: 'executor',
            type: 'address',
          },
          {
            internalType: 'address',
            name: 'reverter',
            type: 'address',
          },
          {
            internalType: 'address[]',
            name: 'guardians',
            type: 'address[]',
          },
        ],
        internalType: 'struct PrivityChain.InitialRoles',
        name: 'roles',
        type: 'tuple',
      },
    ],
    name: 'initialize',
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
  },
  {
    inputs: [],
    name: 'lastCommittedSlot',
    outputs: [
      {
        internalType: 'uint64',
        name: '',
        type: 'uint64',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [],
    name: 'paused',
    outputs: [
      {
        internalType: 'bool',
        name: '',
        type: 'bool',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [],
    name: 'priorityDeadlineSeconds',
    outputs: [
      {
        internalType: 'uint64',
        name: '',
        type: 'uint64',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [
      {
        components: [
          {
            internalType: 'uint64',
            name: 'batchNumber',
            type: 'uint64',
          },
          {
            internalType: 'bytes32',
            name: 'stateRoot',
            type: 'bytes32',
          },
          {
            internalType: 'bytes32',
            name: 'recordsRoot',
            type: 'bytes32',
          },
          {
            internalType: 'bytes32',
            name: 'messagesRoll',
            type: 'bytes32',
          },
          {
            internalType: 'uint64',
            name: 'priorityIndex',
            type: 'uint64',
          },
          {
            internalType: 'bytes32',
            name: 'policyRoot',
            type: 'bytes32',
          },
          {
            internalType: 'uint64',
            name: 'slot',
            type: 'uint64',
          },
          {
            internalType: 'bytes32',
            name: 'commitment',
            type: 'bytes32',
          },
          {
            internalType: 'bytes32',
            name: 'sealed_',
            type: 'bytes32',
          },
        ],
        internalType: 'struct StoredBatch',
        name: 'from',
        type: 'tuple',
      },
      {
        components: [
          {
            internalType: 'uint64',
            name: 'batchNumber',
            type: 'uint64',
          },
          {
            internalType: 'bytes32',
            name: 'stateRoot',
            type: 'bytes32',
          },
          {
            internalType: 'bytes32',
            name: 'recordsRoot',
            type: 'bytes32',
          },
          {
            internalType: 'bytes32',
            name: 'messagesRoll',
            type: 'bytes32',
          },
          {
            internalType: 'uint64',
            name: 'priorityIndex',
            type: 'uint64',
          },
          {
            internalType: 'bytes32',
            name: 'policyRoot',
            type: 'bytes32',
          },
          {
            internalType: 'uint64',
            name: 'slot',
            type: 'uint64',
          },
          {
            internalType: 'bytes32',
            name: 'commitment',
            type: 'bytes32',
          },
          {
            internalType: 'bytes32',
            name: 'sealed_',
            type: 'bytes32',
          },
        ],
        internalType: 'struct StoredBatch',
        name: 'to',
        type: 'tuple',
      },
      {
        internalType: 'bytes32',
        name: 'proofSystemId',
        type: 'bytes32',
      },
      {
        internalType: 'bytes',
        name: 'proof',
        type: 'bytes',
      },
    ],
    name: 'prove',
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
  },
  {
    inputs: [],
    name: 'provenCount',
    outputs: [
      {
        internalType: 'uint64',
        name: '',
        type: 'uint64',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [],
    name: 'proxiableUUID',
    outputs: [
      {
        internalType: 'bytes32',
        name: '',
        type: 'bytes32',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [
      {
        internalType: 'bytes32',
        name: 'role',
        type: 'bytes32',
      },
      {
        internalType: 'address',
        name: 'callerConfirmation',
        type: 'address',
      },
    ],
    name: 'renounceRole',
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
  },
  {
    inputs: [],
    name: 'resume',
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
  },
  {
    inputs: [
      {
        components: [
          {
            internalType: 'uint64',
            name: 'batchNumber',
            type: 'uint64',
          },
          {
            internalType: 'bytes32',
            name: 'stateRoot',
            type: 'bytes32',
          },
          {
            internalType: 'bytes32',
            name: 'recordsRoot',
            type: 'bytes32',
          },
          {
            internalType: 'bytes32',
            name: 'messagesRoll',
            type: 'bytes32',
          },
          {
            internalType: 'uint64',
            name: 'priorityIndex',
            type: 'uint64',
          },
          {
            internalType: 'bytes32',
            name: 'policyRoot',
            type: 'bytes32',
          },
          {
            internalType: 'uint64',
            name: 'slot',
            type: 'uint64',
          },
          {
            internalType: 'bytes32',
            name: 'commitment',
            type: 'bytes32',
          },
          {
            internalType: 'bytes32',
            name: 'sealed_',
            type: 'bytes32',
          },
        ],
        internalType: 'struct StoredBatch',
        name: 'last',
        type: 'tuple',
      },
    ],
    name: 'revertBatches',
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
  },
  {
    inputs: [
      {
        internalType: 'bytes32',
        name: 'role',
        type: 'bytes32',
      },
      {
        internalType: 'address',
        name: 'account',
        type: 'address',
      },
    ],
    name: 'revokeRole',
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
  },
  {
    inputs: [
      {
        internalType: 'uint64',
        name: 'priorityDeadline',
        type: 'uint64',
      },
    ],
    name: 'setPriorityDeadline',
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
  },
  {
    inputs: [
      {
        internalType: 'uint256',
        name: 'batchNumber',
        type: 'uint256',
      },
    ],
    name: 'storedBatchHash',
    outputs: [
      {
        internalType: 'bytes32',
        name: '',
        type: 'bytes32',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [
      {
        internalType: 'bytes4',
        name: 'interfaceId',
        type: 'bytes4',
      },
    ],
    name: 'supportsInterface',
    outputs: [
      {
        internalType: 'bool',
        name: '',
        type: 'bool',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [
      {
        internalType: 'address',
        name: 'newImplementation',
        type: 'address',
      },
      {
        internalType: 'bytes',
        name: 'data',
        type: 'bytes',
      },
    ],
    name: 'upgradeToAndCall',
    outputs: [],
    stateMutability: 'payable',
    type: 'function',
  },
] as const;
