/** Which layers a layer may import. `port` means the other layer's `port.ts` and the types it re-exports, nothing else. */

export const LAYERS: Readonly<Record<string, Readonly<Record<string, 'any' | 'port'>>>> = {
  base: {},
  chain: { base: 'any' },
  config: { base: 'any' },
  state: { base: 'any', chain: 'any' },
  policy: { base: 'any', chain: 'any' },
  execution: { base: 'any', chain: 'any', policy: 'port', state: 'port' },
  store: { base: 'any' },
  audit: { base: 'any', chain: 'any' },
  sequencer: { base: 'any', chain: 'any', execution: 'port', policy: 'port' },
  prover: { base: 'any', chain: 'any', state: 'port', policy: 'port', execution: 'port' },
  settlement: { base: 'any', chain: 'any' },
  disclosure: { base: 'any', chain: 'any' },
  access: { base: 'any', chain: 'any', policy: 'port', store: 'port' },
  rpc: { base: 'any', chain: 'any', access: 'port', policy: 'port', sequencer: 'port', execution: 'port' },
  admin: { base: 'any', chain: 'any' },
};

/** Layers that wire: they may import everything. */
export const WIRING: readonly string[] = ['node', 'cli'];

/** Single files that a layer may import beyond its row, each with the reason. */
export const EXCEPTIONS: readonly { readonly from: string; readonly to: string; readonly reason: string }[] = [
  {
    from: 'sequencer',
    to: 'execution/errors.ts',
    reason: 'a refusal is told to the sender with the catalogue entry of the layer that refused',
  },
];

export interface Import {
  /** Path below src. */
  readonly file: string;
  /** Path below src. */
  readonly target: string;
}

/** What is wrong with an import, or undefined. */
export function breachOf({ file, target }: Import): string | undefined {
  const from = file.split('/')[0]!;
  const to = target.split('/')[0]!;
  if (from === to || WIRING.includes(from)) return undefined;
  if (EXCEPTIONS.some((e) => e.from === from && e.to === target)) return undefined;
  const rule = LAYERS[from]?.[to];
  if (rule === 'any') return undefined;
  if (rule === 'port')
    return target === `${to}/port.ts` ? undefined : `${file} imports ${target}: only ${to}/port.ts may be imported`;
  return `${file} imports ${target}: ${from} may not know ${to}`;
}
