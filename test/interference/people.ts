import { privateKeyToAccount } from 'viem/accounts';
import { keccak256 } from '../../src/chain/keccak.ts';
import { signerOf } from '../execution/support.ts';

const personOf = (number: number) => ({
  ...signerOf(number),
  /** The same key, for messages. */
  account: privateKeyToAccount(
    `0x${Buffer.from(keccak256(Buffer.from(`execution test key ${number}`))).toString('hex')}`,
  ),
});

/**
 * Alice reads and acts, Frank only reads. What Bob does is hidden from both; Carol and Dave are whom he may pay. All have the same role, and
 * nobody is frozen.
 */
export const PEOPLE = {
  alice: personOf(1),
  bob: personOf(2),
  carol: personOf(3),
  dave: personOf(4),
  frank: personOf(5),
} as const;
