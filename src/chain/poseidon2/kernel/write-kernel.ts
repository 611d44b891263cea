/**
 * Writes the WebAssembly kernel: the permutation for two states at once, one in each half of a 128-bit vector. Multiplications are done in
 * doubles with `f64x2.relaxed_madd`, so the kernel is right only where that instruction rounds once (every x86-64 with FMA3, every arm64);
 * engine.ts tries it before using it. No branch and no address depends on the data.
 *
 * Read format.ts (numbers), reduction.ts (arithmetic modulo p), scaled-rounds.ts (the permutation as it is computed), then permutation.ts.
 */

import { writeModule } from './assembler.ts';
import { ConstantTable } from './constant-table.ts';
import { writeMix, writeReduces, writeSboxes, writeScaleInput } from './full-round.ts';
import { MEMORY_PAGES_MAX } from './layout.ts';
import { writeLoad } from './load-element.ts';
import { writeDot, writePartial } from './partial-rounds.ts';
import { at, writeCompress, writeCore, writePermute } from './permutation.ts';
import { scaleRounds } from './scaled-rounds.ts';
import { writeOutput } from './store-element.ts';

/** Deterministic: the same bytes on every machine. `constants` is to stand at address 0 of the memory. */
export function writeKernel(): { module: Uint8Array<ArrayBuffer>; constants: Uint8Array<ArrayBuffer> } {
  const constants = new ConstantTable();
  const rounds = scaleRounds();
  const functions = [
    writeLoad(constants),
    writeScaleInput(constants, constants.multiplicands(rounds.input)),
    writeMix(constants),
    writeReduces(constants),
    writeSboxes(constants),
    writeDot(constants),
    writePartial(constants),
    writeOutput(constants, constants.multiplicands(rounds.output), constants.addends(0n)),
    writeCore(constants, rounds),
    writePermute(constants),
    writeCompress(constants),
  ];
  const exports = { permute: at('permute'), compress: at('compress') };
  return { module: writeModule(functions, exports, MEMORY_PAGES_MAX), constants: constants.bytes() };
}
