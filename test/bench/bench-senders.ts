import { createHash } from 'node:crypto';
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';

export const benchKey = (index: number): Uint8Array =>
  new Uint8Array(createHash('sha256').update(`privity bench sender ${index}`).digest());

/** A customer of the bench; the keys are worthless. */
export const benchSender = (index: number): PrivateKeyAccount =>
  privateKeyToAccount(`0x${Buffer.from(benchKey(index)).toString('hex')}`);
