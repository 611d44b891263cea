import type { EVMOpts } from '@ethereumjs/evm';

const JUMPDEST = 0x5b;
const JUMPDEST_GAS = 1;

/** JUMPDEST as it is, giving `interrupt` the chance to throw: code that runs for long passes one again and again. */
export const interruptibleJumpdest = (interrupt: () => void): NonNullable<EVMOpts['customOpcodes']>[number] => ({
  opcode: JUMPDEST,
  opcodeName: 'JUMPDEST',
  baseFee: JUMPDEST_GAS,
  logicFunction: interrupt,
});
