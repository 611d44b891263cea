import type { EvmProfile } from './evm-profile.ts';
import { TABLE, type Table } from './opcodes.ts';

/** First row of each table among the rows that steps take. */
export function tableStarts(profile: EvmProfile): Readonly<Record<Table, number>> {
  const flow = 1 + profile.arithmetic;
  const gas = flow + profile.flow;
  const boundary = gas + profile.gas;
  const memory = boundary + profile.boundary;
  const calldata = memory + profile.memory;
  const environment = calldata + profile.calldata;
  const bitwise = environment + profile.environment;
  const muldiv = bitwise + profile.bitwise;
  const signed = muldiv + profile.muldiv;
  const modular = signed + profile.signed;
  return {
    [TABLE.NONE]: 0,
    [TABLE.ARITHMETIC]: 1,
    [TABLE.FLOW]: flow,
    [TABLE.GAS]: gas,
    [TABLE.BOUNDARY]: boundary,
    [TABLE.MEMORY]: memory,
    [TABLE.CALLDATA]: calldata,
    [TABLE.ENVIRONMENT]: environment,
    [TABLE.BITWISE]: bitwise,
    [TABLE.MULDIV]: muldiv,
    [TABLE.SIGNED]: signed,
    [TABLE.MODULAR]: modular,
    // Two steps take one row.
    [TABLE.EXP]: modular + 2 * profile.modular,
  };
}
