/** keccak256 of the type and event names that circuits compare or hash. */

import { keccak256, keccakWord } from '../../chain/keccak.ts';

const text = (value: string) => new Uint8Array(Buffer.from(value));

/** Topic 0 of the system contracts' events (docs/PROTOCOL.md 4). */
export const EVENT_TOPICS = {
  withdrawal: keccakWord(text('Withdrawal(address,address,uint256)')),
  identityChanged: keccakWord(text('IdentityChanged(address,address,uint256,uint256)')),
  listInserted: keccakWord(text('ListInserted(uint64,address,address)')),
} as const;

/** EIP-712 type hashes of the co-signer's message. */
export const TYPE_HASHES = {
  domain: keccak256(text('EIP712Domain(uint256 chainId,address verifyingContract)')),
  identityChange: keccak256(
    text(
      'IdentityChange(address signer,uint64 signerNonce,address subject,uint256 oldValue,uint256 newValue,uint64 deadline)',
    ),
  ),
} as const;
