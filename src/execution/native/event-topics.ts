import { keccakWord } from '../../chain/keccak.ts';

const topic = (signature: string): bigint => keccakWord(Buffer.from(signature));

/** First topics of what system contracts log (docs/PROTOCOL.md 4). */
export const WITHDRAWAL_TOPIC = topic('Withdrawal(address,address,uint256)');
export const IDENTITY_CHANGED_TOPIC = topic('IdentityChanged(address,address,uint256,uint256)');
export const LIST_INSERTED_TOPIC = topic('ListInserted(uint64,address,address)');
