import { bigIntToBytes } from '../base/bytes.ts';

/** Big-endian fields of the packed sha256 preimages. */
export const u8 = (value: number): Uint8Array => bigIntToBytes(BigInt(value), 1);
export const u32 = (value: number): Uint8Array => bigIntToBytes(BigInt(value), 4);
export const u64 = (value: bigint): Uint8Array => bigIntToBytes(value, 8);
export const u128 = (value: bigint): Uint8Array => bigIntToBytes(value, 16);
export const address20 = (value: bigint): Uint8Array => bigIntToBytes(value, 20);
export const word32 = (value: bigint): Uint8Array => bigIntToBytes(value, 32);
