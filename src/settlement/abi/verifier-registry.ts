/** ABI of VerifierRegistry; written by contracts/scripts/write-abi.ts, and a test compares it with the compiled contract. */

export const verifierRegistryAbi = [
  {
    inputs: [
      {
        internalType: 'address',
        name: 'governor',
        type: 'address',
      },
      {
        components: [
          {
            internalType: 'bytes32',
            name: 'proofSystemId',
            type: 'bytes32',
          },
          {
            internalType: 'uint256',
            name: 'statementVersion',
            type: 'uint256',
          },
          {
            internalType: 'contract IVerifier',
            name: 'verifier',
            type: 'address',
          },
        ],
        internalType: 'struct VerifierRegistry.InitialEntry[]',
        name: 'initial',
        type: 'tuple[]',
      },
    ],
    stateMutability: 'nonpayable',
    type: 'constructor',
  },
  {
    inputs: [],
    name: 'InvalidProofSystemId',
    type: 'error',
  },
  {
    inputs: [
      {
        internalType: 'address',
        name: 'verifier',
        type: 'address',
      },
    ],
    name: 'InvalidVerifier',
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
        internalType: 'bytes32',
        name: 'proofSystemId',
        type: 'bytes32',
      },
      {
        internalType: 'uint256',
        name: 'statementVersion',
        type: 'uint256',
      },
    ],
    name: 'VerifierAlreadyAdded',
    type: 'error',
  },
  {
    inputs: [
      {
        internalType: 'bytes32',
        name: 'proofSystemId',
        type: 'bytes32',
      },
      {
        internalType: 'uint256',
        name: 'statementVersion',
        type: 'uint256',
      },
    ],
    name: 'VerifierRetired',
    type: 'error',
  },
  {
    inputs: [
      {
        internalType: 'bytes32',
        name: 'proofSystemId',
        type: 'bytes32',
      },
      {
        internalType: 'uint256',
        name: 'statementVersion',
        type: 'uint256',
      },
    ],
    name: 'VerifierUnknown',
    type: 'error',
  },
  {
    anonymous: false,
    inputs: [
      {
        indexed: true,
        internalType: 'bytes32',
        name: 'proofSystemId',
        type: 'bytes32',
      },
      {
        indexed: true,
        internalType: 'uint256',
        name: 'statementVersion',
        type: 'uint256',
      },
      {
        indexed: false,
        internalType: 'address',
        name: 'verifier',
        type: 'address',
      },
      {
        indexed: false,
        internalType: 'bytes32',
        name: 'codeHash',
        type: 'bytes32',
      },
    ],
    name: 'VerifierAdded',
    type: 'event',
  },
  {
    anonymous: false,
    inputs: [
      {
        indexed: true,
        internalType: 'bytes32',
        name: 'proofSystemId',
        type: 'bytes32',
      },
      {
        indexed: true,
        internalType: 'uint256',
        name: 'statementVersion',
        type: 'uint256',
      },
    ],
    name: 'VerifierRetirement',
    type: 'event',
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
    inputs: [
      {
        internalType: 'bytes32',
        name: 'proofSystemId',
        type: 'bytes32',
      },
      {
        internalType: 'uint256',
        name: 'statementVersion',
        type: 'uint256',
      },
    ],
    name: 'activeVerifier',
    outputs: [
      {
        internalType: 'contract IVerifier',
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
        internalType: 'bytes32',
        name: 'proofSystemId',
        type: 'bytes32',
      },
      {
        internalType: 'uint256',
        name: 'statementVersion',
        type: 'uint256',
      },
      {
        internalType: 'contract IVerifier',
        name: 'verifier',
        type: 'address',
      },
    ],
    name: 'add',
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
  },
  {
    inputs: [
      {
        internalType: 'bytes32',
        name: 'proofSystemId',
        type: 'bytes32',
      },
      {
        internalType: 'uint256',
        name: 'statementVersion',
        type: 'uint256',
      },
    ],
    name: 'entry',
    outputs: [
      {
        components: [
          {
            internalType: 'contract IVerifier',
            name: 'verifier',
            type: 'address',
          },
          {
            internalType: 'bool',
            name: 'retired',
            type: 'bool',
          },
        ],
        internalType: 'struct VerifierRegistry.Entry',
        name: '',
        type: 'tuple',
      },
    ],
    stateMutability: 'view',
    type: 'function',
  },
  {
    inputs: [
      {
        internalType: 'bytes32',
        name: 'proofSystemId',
        type: 'bytes32',
      },
      {
        internalType: 'uint256',
        name: 'statementVersion',
        type: 'uint256',
      },
    ],
    name: 'retire',
    outputs: [],
    stateMutability: 'nonpayable',
    type: 'function',
  },
] as const;
