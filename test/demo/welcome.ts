import type { Address, Hex } from 'viem';

/** What `privity start` prints once it takes transactions. */
export interface Welcome {
  readonly url: string;
  readonly l1Url: string;
  readonly chain: Address;
  readonly bridge: Address;
  readonly governor: Address;
  /** Private keys of the sample wallets, by role. */
  readonly wallets: ReadonlyMap<string, Hex>;
}

export const isLastLine = (line: string): boolean => line.startsWith('What to try:');

export function readWelcome(lines: readonly string[]): Welcome {
  const text = lines.join('\n');
  const find = (pattern: RegExp): string => {
    const found = pattern.exec(text)?.[1];
    if (found === undefined) throw new Error(`privity start did not print ${pattern.source}`);
    return found;
  };
  const wallets = new Map<string, Hex>();
  for (const [, name, key] of text.matchAll(/^ {2}(\S+) +0x[0-9a-fA-F]{40} +(0x[0-9a-f]{64})$/gm)) {
    wallets.set(name!, key as Hex);
  }
  return {
    url: find(/^Privity takes transactions: (\S+)$/m),
    l1Url: find(/^ {2}Ethereum +(\S+) /m),
    chain: find(/^ {2}PrivityChain +(0x[0-9a-fA-F]{40})$/m) as Address,
    bridge: find(/^ {2}PrivityBridge +(0x[0-9a-fA-F]{40})$/m) as Address,
    governor: find(/^ {2}PolicyGovernor +(0x[0-9a-fA-F]{40})$/m) as Address,
    wallets,
  };
}
