import { keccak256 } from '../../chain/keccak.ts';

/** 20 bytes as 0x and 40 hex digits; mixed case must carry a right EIP-55 checksum. Undefined when malformed. */
export function parseAddress(text: string): bigint | undefined {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) return undefined;
  const digits = text.slice(2);
  const lower = digits.toLowerCase();
  if (digits !== lower && digits !== digits.toUpperCase() && digits !== checksum(lower)) return undefined;
  return BigInt(text);
}

function checksum(lower: string): string {
  const hash = Buffer.from(keccak256(Buffer.from(lower))).toString('hex');
  return [...lower].map((digit, i) => (Number.parseInt(hash[i]!, 16) >= 8 ? digit.toUpperCase() : digit)).join('');
}

export const formatAddress = (address: bigint): `0x${string}` => `0x${address.toString(16).padStart(40, '0')}`;
