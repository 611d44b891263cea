import { z } from 'zod';
import { bytesToHex, hexToBytes } from '../../../base/bytes.ts';
import { rawTransactionBytesMax } from '../../../chain/transaction.ts';

/** Values of the Ethereum JSON-RPC specification, parsed to what the chain uses. */

const toBigInt = (text: string): bigint => BigInt(text);

export const addressSchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform(toBigInt);

export const hashSchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/)
  .transform(toBigInt);

/** At most 256 bits; leading zeros are let through, as nodes do. */
export const quantitySchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,64}$/)
  .transform(toBigInt);

export const dataSchema = z
  .string()
  .max(2 + 2 * rawTransactionBytesMax)
  .regex(/^0x(?:[0-9a-fA-F]{2})*$/)
  .transform((text) => hexToBytes(text));

export const toQuantity = (value: bigint | number): string => `0x${value.toString(16)}`;
export const toHash = (value: bigint): string => `0x${value.toString(16).padStart(64, '0')}`;
export const toAddress = (value: bigint): string => `0x${value.toString(16).padStart(40, '0')}`;
export const toData = (bytes: Uint8Array): string => bytesToHex(bytes);
