import {
  type Address,
  encodeFunctionData,
  type Hash,
  type Hex,
  type LocalAccount,
  parseAbi,
  parseSignature,
  signatureToCompactSignature,
} from 'viem';
import { sendRequest, type Wallet } from '../demo/send-transaction.ts';
import { IDENTITY_REGISTRY } from '../demo/system-contracts.ts';

const abi = parseAbi([
  'function setIdentity(address subject, uint256 newValue, uint64 deadline, bytes32 r, bytes32 vs)',
]);

/** A registrar gives an address roles; a second one signs for it too (docs/PROTOCOL.md 4). */
export async function admit(registrar: Wallet, second: LocalAccount, subject: Address, roles: bigint): Promise<Hash> {
  const { account, session } = registrar;
  const chainId = Number(await session.rpc<Hex>('eth_chainId', []));
  const signerNonce = BigInt(await session.rpc<Hex>('eth_getTransactionCount', [account.address, 'pending']));
  const deadline = BigInt(Math.floor(Date.now() / 1000) + 600);
  const signature = await second.signTypedData({
    domain: { chainId, verifyingContract: IDENTITY_REGISTRY },
    types: {
      IdentityChange: [
        { name: 'signer', type: 'address' },
        { name: 'signerNonce', type: 'uint64' },
        { name: 'subject', type: 'address' },
        { name: 'oldValue', type: 'uint256' },
        { name: 'newValue', type: 'uint256' },
        { name: 'deadline', type: 'uint64' },
      ],
    },
    primaryType: 'IdentityChange',
    message: { signer: account.address, signerNonce, subject, oldValue: 0n, newValue: roles, deadline },
  });
  const { r, yParityAndS } = signatureToCompactSignature(parseSignature(signature));
  const data = encodeFunctionData({
    abi,
    functionName: 'setIdentity',
    args: [subject, roles, deadline, r, yParityAndS],
  });
  return sendRequest(registrar, { to: IDENTITY_REGISTRY, data });
}
