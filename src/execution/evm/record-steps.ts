/** Instructions of one run, taken from the EVM's own step event; nothing is listened to outside a traced run. */

import type { EVM, InterpreterStep } from '@ethereumjs/evm';
import { bytesToBigInt } from '../../base/bytes.ts';
import type { EvmStep } from '../port.ts';

export async function recordSteps<T>(
  events: EVM['events'],
  run: () => Promise<T>,
): Promise<{ readonly result: T; readonly steps: readonly EvmStep[] }> {
  const steps: EvmStep[] = [];
  const listener = (step: InterpreterStep): void => {
    steps.push({
      depth: step.depth,
      pc: step.pc,
      opcode: step.opcode.code,
      gas: step.gasLeft,
      // The EVM hands over the whole fee under this name, for instructions of a fixed one too.
      cost: step.opcode.dynamicFee ?? BigInt(step.opcode.fee),
      stack: [...step.stack],
      code: bytesToBigInt(step.codeAddress.bytes),
      storage: bytesToBigInt(step.address.bytes),
    });
  };
  events.on('step', listener);
  try {
    return { result: await run(), steps };
  } finally {
    events.off('step', listener);
  }
}
