const DECIMALS: Readonly<Record<string, number>> = { wei: 0, gwei: 9, ether: 18 };

/** `250 ether`, `0.5 gwei`, `1 wei` -> wei; undefined when it is malformed or finer than a wei. */
export function parseAmount(text: string): bigint | undefined {
  const match = /^([0-9]+)(?:\.([0-9]+))? (wei|gwei|ether)$/.exec(text);
  if (match === null) return undefined;
  const [, whole, fraction = '', unit] = match as unknown as [string, string, string | undefined, string];
  const decimals = DECIMALS[unit]!;
  if (fraction.length > decimals) return undefined;
  return BigInt(whole + fraction.padEnd(decimals, '0'));
}

/** The shortest form that `parseAmount` reads back. */
export function formatAmount(wei: bigint): string {
  for (const unit of ['ether', 'gwei']) {
    const scale = 10n ** BigInt(DECIMALS[unit]!);
    if (wei !== 0n && wei % (scale / 1000n) === 0n) {
      const fraction = String(wei % scale)
        .padStart(DECIMALS[unit]!, '0')
        .replace(/0+$/, '');
      return `${wei / scale}${fraction === '' ? '' : `.${fraction}`} ${unit}`;
    }
  }
  return `${wei} wei`;
}
